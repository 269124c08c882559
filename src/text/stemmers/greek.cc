// G. Ntais' stemmer for Greek, for words in lower case without accents and with one sigma.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {
namespace {

using View = std::u16string_view;

bool ends_in_vowel(View word) {
  return !word.empty() && is_any(word.back(), u"αεηιουω");
}
bool ends_in_vowel_no_y(View word) {
  return !word.empty() && is_any(word.back(), u"αεηιοω");
}

enum class Vowel { kNo, kAny, kNoY };

// Endings that go, unless the stem that is left is one of the exceptions: then `restored` comes back.
struct Exceptions {
  View words;                // the whole stem
  View suffixes;             // its end
  Vowel vowel = Vowel::kNo;  // it ends in a vowel
  View restored;
  bool match(View stem) const {
    return is_one_of(stem, words) || ends_in_any(stem, suffixes) ||
           (vowel == Vowel::kAny && ends_in_vowel(stem)) ||
           (vowel == Vowel::kNoY && ends_in_vowel_no_y(stem));
  }
};

// Gives whether an ending went (it may have come back).
bool reduce(std::u16string& word, const SuffixStep& endings, const Exceptions& exceptions) {
  if (!endings.apply(word)) return false;
  if (exceptions.match(word)) word += exceptions.restored;
  return true;
}

void irregular(std::u16string& word) {
  static const SuffixStep kStep{
      {9, u"καθεστωτοσ καθεστωτων", 6},
      {8, u"γεγονοτοσ γεγονοτων", 5},
      {8, u"καθεστωτα", 6},
      {7, u"τατογιου τατογιων", 4},
      {7, u"γεγονοτα", 5},
      {7, u"καθεστωσ", 6},
      {6, u"σκαγιου", 3},
      {0, u"σκαγιων ολογιου ολογιων κρεατοσ κρεατων περατοσ περατων τερατοσ τερατων", 3},
      {6, u"τατογια", 4},
      {6, u"γεγονοσ", 5},
      {5, u"φαγιου φαγιων σογιου σογιων", 2},
      {5, u"σκαγια ολογια κρεατα περατα τερατα", 3},
      {4, u"φαγια σογια φωτοσ φωτων", 2},
      {4, u"κρεασ περασ τερασ", 3},
      {3, u"φωτα", 2},
      {2, u"φωσ", 2}};
  kStep.apply(word);
}

void plurals(std::u16string& word) {
  static const SuffixStep kAdes{{4, u"αδεσ αδων"}};
  if (kAdes.apply(word) && !ends_in_any(word, u"οκ μαμ μαν μπαμπ πατερ γιαγι νταντ κυρ θει πεθερ"))
    word += u"αδ";
  static const SuffixStep kEdes{{4, u"εδεσ εδων"}};
  reduce(word, kEdes, {u"", u"οπ ιπ εμπ υπ γηπ δαπ κρασπ μιλ", Vowel::kNo, u"εδ"});
  static const SuffixStep kOudes{{5, u"ουδεσ ουδων"}};
  reduce(word, kOudes,
         {u"", u"αρκ καλιακ πεταλ λιχ πλεξ σκ σ φλ φρ βελ λουλ χν σπ τραγ φε", Vowel::kNo, u"ουδ"});
  static const SuffixStep kEos{{3, u"εωσ εων"}};
  reduce(word, kEos, {u"θ δ ελ γαλ ν π ιδ παρ", u"", Vowel::kNo, u"ε"});
  static const SuffixStep kIa{{2, u"ια"}, {3, u"ιου ιων"}};
  reduce(word, kIa, {u"", u"", Vowel::kAny, u"ι"});
  static const SuffixStep kIka{{3, u"ικα ικο"}, {4, u"ικου ικων"}};
  reduce(word, kIka,
         {u"αλ αδ ενδ αμαν αμμοχαλ ηθ ανηθ αντιδ φυσ βρωμ γερ εξωδ καλπ καλλιν καταδ μουλ μπαν μπαγιατ μπολ "
          u"μποσ "
          u"νιτ ξικ συνομηλ πετσ πιτσ πικαντ πλιατσ ποστελν πρωτοδ σερτ συναδ τσαμ υποδ φιλον φυλοδ χασ",
          u"", Vowel::kAny, u"ικ"});
}

void first_person_plural(std::u16string& word) {
  if (word == u"αγαμε") {
    word.pop_back();
    return;
  }
  static const SuffixStep kLong{{7, u"ηθηκαμε"}, {6, u"ουσαμε"}, {5, u"αγαμε ησαμε ηκαμε"}};
  kLong.apply(word);
  static const SuffixStep kAme{{3, u"αμε"}};
  reduce(word, kAme, {u"αναπ αποθ αποκ αποστ βουβ ξεθ ουλ πεθ πικρ ποτ σιχ χ", u"", Vowel::kNo, u"αμ"});
}

void third_person_plural(std::u16string& word) {
  static const SuffixStep kLong{{8, u"ιουντανε"},         {7, u"ιοντανε"},       {0, u"ουντανε ηθηκανε"},
                                {6, u"ιοτανε"},           {0, u"οντανε ουσανε"}, {5, u"αγανε"},
                                {0, u"ησανε οτανε ηκανε"}};
  reduce(word, kLong, {u"τρ τσ", u"", Vowel::kNo, u"αγαν"});
  static const SuffixStep kAne{{3, u"ανε"}};
  reduce(
      word, kAne,
      {u"βετερ βουλκ βραχμ γ δραδουμ θ καλπουζ καστελ κορμορ λαοπλ μωαμεθ μ μουσουλμ ν ουλ π πελεκ πλ πολισ "
       u"πορτολ σαρακατσ σουλτ τσαρλατ ορφ τσιγγ τσοπ φωτοστεφ χ ψυχοπλ αγ γαλ γερ δεκ διπλ αμερικαν ουρ πιθ "
       u"πουριτ σ ζωντ ικ καστ κοπ λιχ λουθηρ μαιντ μελ σιγ σπ στεγ τραγ τσαγ φ ερ αδαπ αθιγγ αμηχ ανικ "
       u"ανοργ "
       u"απηγ απιθ ατσιγγ βασ βασκ βαθυγαλ βιομηχ βραχυκ διατ διαφ ενοργ θυσ καπνοβιομηχ καταγαλ κλιβ "
       u"κοιλαρφ "
       u"λιβ μεγλοβιομηχ μικροβιομηχ νταβ ξηροκλιβ ολιγοδαμ ολογαλ πενταρφ περηφ περιτρ πλατ πολυδαπ πολυμηχ "
       u"στεφ ταβ τετ υπερηφ υποκοπ χαμηλοδαπ ψηλοταβ",
       u"", Vowel::kNoY, u"αν"});
}

void second_person_plural(std::u16string& word) {
  static const SuffixStep kIsete{{5, u"ησετε"}};
  kIsete.apply(word);
  static const SuffixStep kEte{{3, u"ετε"}};
  reduce(word, kEte,
         {u"αβαρ βεν εναρ αβρ αδ αθ αν απλ βαρον ντρ σκ κοπ μπορ νιφ παγ παρακαλ σερπ σκελ συρφ τοκ υ δ εμ "
          u"θαρρ θ",
          u"οδ αιρ φορ ταθ διαθ σχ ενδ ευρ τιθ υπερθ ραθ ενθ ροθ σθ πυρ αιν συνδ συν συνθ χωρ πον βρ καθ ευθ "
          u"εκθ "
          u"νετ ρον αρκ βαρ βολ ωφελ",
          Vowel::kNoY, u"ετ"});
  static const SuffixStep kOntas{{5, u"οντασ ωντασ"}};
  if (kOntas.apply(word)) {
    if (word == u"αρχ") word += u"οντ";
    if (word.ends_with(u"κρε")) word += u"ωντ";
  }
  // "ομαστε" comes first, so that the longer ending never does.
  static const SuffixStep kOmaste{{6, u"ομαστε"}, {7, u"ιομαστε"}};
  reduce(word, kOmaste, {u"ον", u"", Vowel::kNo, u"ομαστ"});
  static const SuffixStep kIeste{{5, u"ιεστε"}};
  reduce(word, kIeste, {u"π απ συμπ ασυμπ ακαταπ αμεταμφ", u"", Vowel::kNo, u"ιεστ"});
  static const SuffixStep kEste{{4, u"εστε"}};
  reduce(word, kEste, {u"αλ αρ εκτελ ζ μ ξ παρακαλ προ νισ", u"", Vowel::kNo, u"εστ"});
}

void past(std::u16string& word) {
  static const SuffixStep kIthika{{6, u"ηθηκεσ"}, {5, u"ηθηκα ηθηκε"}};
  kIthika.apply(word);
  static const SuffixStep kIka{{4, u"ηκεσ"}, {3, u"ηκα ηκε"}};
  reduce(word, kIka, {u"διαθ θ παρακαταθ προσθ συνθ", u"σκωλ σκουλ ναρθ σφ οθ πιθ", Vowel::kNo, u"ηκ"});
  static const SuffixStep kOusa{{5, u"ουσεσ"}, {4, u"ουσα ουσε"}};
  reduce(word, kOusa,
         {u"φαρμακ χαδ αγκ αναρρ βρομ εκλιπ λαμπιδ λεχ μ πατ ρ λ μεδ μεσαζ υποτειν αμ αιθ ανηκ δεσποζ "
          u"ενδιαφερ δε "
          u"δευτερευ καθαρευ πλε τσα",
          u"ποδαρ βλεπ πανταχ φρυδ μαντιλ μαλλ κυματ λαχ ληγ φαγ ομ πρωτ", Vowel::kAny, u"ουσ"});
  static const SuffixStep kAga{{4, u"αγεσ"}, {3, u"αγα αγε"}};
  static const Exceptions kKept{
      u"αβαστ πολυφ αδηφ παμφ ρ ασπ αφ αμαλ αμαλλι ανυστ απερ ασπαρ αχαρ δερβεν δροσοπ ξεφ νεοπ νομοτ ολοπ "
      u"ομοτ "
      u"προστ προσωποπ συμπ συντ τ υποτ χαρ αειπ αιμοστ ανυπ αποτ αρτιπ διατ εν επιτ κροκαλοπ σιδηροπ λ ναυ "
      u"ουλαμ "
      u"ουρ π τρ μ",
      u"οφ πελ χορτ λλ σφ ρπ φρ πρ λοχ σμην", Vowel::kNo, u"αγ"};
  if (kAga.apply(word) && kKept.match(word) && !is_one_of(word, u"ψοφ ναυλοχ") && !word.ends_with(u"κολλ"))
    word += u"αγ";
  static const SuffixStep kIse{{4, u"ησου"}, {3, u"ησε ησα"}};
  reduce(word, kIse, {u"ν χερσον δωδεκαν ερημον μεγαλον επταν", u"", Vowel::kNo, u"ησ"});
  static const SuffixStep kIste{{4, u"ηστε"}};
  reduce(word, kIste, {u"ασβ σβ αχρ χρ απλ αειμν δυσχρ ευχρ κοινοχρ παλιμψ", u"", Vowel::kNo, u"ηστ"});
  static const SuffixStep kOune{{6, u"ησουνε ηθουνε"}, {4, u"ουνε"}};
  reduce(word, kOune, {u"ν ρ σπι στραβομουτσ κακομουτσ εξων", u"", Vowel::kNo, u"ουν"});
  static const SuffixStep kOume{{6, u"ησουμε ηθουμε"}, {4, u"ουμε"}};
  reduce(word, kOume, {u"παρασουσ φ χ ωριοπλ αζ αλλοσουσ ασουσ", u"", Vowel::kNo, u"ουμ"});
  static const SuffixStep kMata{{5, u"ματων ματοσ", 2}, {4, u"ματα", 2}};
  kMata.apply(word);
}

// Where no rule before has taken anything off.
void regular(std::u16string& word) {
  static const SuffixStep kStep{
      {9, u"ιοντουσαν"},
      {8, u"ιομασταν ιοσασταν ιουμαστε οντουσαν"},
      {7, u"ιεμαστε ιεσαστε ιομουνα ιοσαστε ιοσουνα ιουνται ιουνταν ηθηκατε ομασταν οσασταν ουμαστε"},
      {6, u"ιομουν ιονταν ιοσουν ηθειτε ηθηκαν ομουνα οσαστε οσουνα ουνται ουνταν ουσατε"},
      {5,
       u"αγατε ιεμαι ιεται ιεσαι ιοταν ιουμα ηθεισ ηθουν ηκατε ησατε ησουν ομουν ονται ονταν οσουν ουμαι "
       u"ουσαν"},
      {4, u"αγαν αμαι ασαι αται ειτε εσαι εται ηδεσ ηδων ηθει ηκαν ησαν ησει ησεσ ομαι οταν"},
      {3, u"αει εισ ηθω ησω ουν ουσ"},
      {2, u"αν ασ αω ει εσ ησ οι οσ ου υσ ων"},
      {1, u"α ε η ι ο υ ω"}};
  kStep.apply(word);
}

}  // namespace

void stem_greek(std::u16string& word) {
  if (word.size() < 4) return;
  const std::size_t size = word.size();
  irregular(word);
  plurals(word);
  first_person_plural(word);
  third_person_plural(word);
  second_person_plural(word);
  past(word);
  if (word.size() == size) regular(word);
  static const SuffixStep kDegrees{{0, u"εστερ εστατ"}, {0, u"οτερ οτατ υτερ υτατ ωτερ ωτατ"}};
  kDegrees.apply(word);
}

}  // namespace stele::text
