"""The five books of the index "library", which no test changes."""

BOOKS = {
    "1": {"title": "The Rosetta Stone", "author": "Cleopatra Jones", "year": 1822, "price": 12.5, "stock": True,
          "tags": ["egypt", "script"], "published": "2020-01-15"},
    "2": {"title": "Three scripts on one stone", "author": "Jean Champollion", "year": 1824, "price": 30.0,
          "stock": False, "tags": ["script", "history"], "published": "2021-06-01T12:00:00Z"},
    "3": {"title": "Standing stones of Brittany", "author": "Anne Le Goff", "year": 1990, "price": 18.0,
          "stock": True, "tags": ["france"], "published": "2023-12-31"},
    "4": {"title": "A history of writing", "author": "Steven Fisher", "year": 2001, "price": 22.0, "stock": True,
          "tags": ["history", "script"]},
    "5": {"title": "Cooking without a stove", "author": "Anne Jones", "year": 2015, "price": 9.99, "stock": False,
          "tags": [], "published": None},
}
