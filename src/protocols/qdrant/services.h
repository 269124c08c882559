#pragma once

#include <string>

#include "views/head_services.h"

namespace stele::qdrant {

class PointNames;

// What the head stands on. All outlive it.
struct Services : views::HeadServices {
  std::string announced_version = "1.18.3";  // what clients see as Qdrant's
  std::string product_version;               // Stele's own
  std::string api_key;                       // empty: nobody is asked for one
  PointNames* names = nullptr;               // the head's own
};

}  // namespace stele::qdrant
