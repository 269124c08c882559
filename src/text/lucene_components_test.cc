// What Lucene 8.8 (Debian's liblucene8-java) makes of texts with single components: term, offsets in UTF-16
// units, position, and "+n" for a position length. Chains are written "tokenizer key=value|filter key=value";
// a list's texts stand between "^^" behind a "^", a space in a value is "\\s".
#include <gtest/gtest.h>

#include "text/lucene_streams_test.h"

namespace stele::text {
namespace {

constexpr LuceneStream kStreams[] = {
    {"standard", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"standard",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"standard max_token_length=5", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumpe|22|27|4 d|27|28|5 over|29|33|6 3.14|34|38|7 "
     "lazy|39|43|8 dogs|44|48|9"},
    {"standard max_token_length=5",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 Power|6|11|2 Shot5|11|16|3 00|16|18|4 O'Nei|19|24|5 l's|24|27|6 SD500|28|33|7 "
     "j2se|34|38|8 XL|39|41|9 500|42|45|10 42|46|48|11 AutoC|49|54|12 oder|54|58|13 s|59|60|14 "
     "foo|64|67|15 a|71|72|16 b|74|75|17 12|76|78|18 34|79|81|19 test|82|86|20 s|87|88|21 ab'c|89|93|22 "
     "s|94|95|23"},
    {"whitespace", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"letter", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 lazy|39|43|6 "
     "dogs|44|48|7"},
    {"letter",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot|6|15|2 O|19|20|3 Neil|21|25|4 s|26|27|5 SD|28|30|6 j|34|35|7 se|36|38|8 "
     "XL|39|41|9 AutoCoder|49|58|10 s|59|60|11 foo|64|67|12 a|71|72|13 b|74|75|14 test|82|86|15 "
     "s|87|88|16 ab|89|91|17 c|92|93|18 s|94|95|19"},
    {"lowercase", "The quick brown foxes jumped over 3.14 lazy dogs",
     "the|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 lazy|39|43|6 "
     "dogs|44|48|7"},
    {"lowercase",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "wi|0|2|0 fi|3|5|1 powershot|6|15|2 o|19|20|3 neil|21|25|4 s|26|27|5 sd|28|30|6 j|34|35|7 se|36|38|8 "
     "xl|39|41|9 autocoder|49|58|10 s|59|60|11 foo|64|67|12 a|71|72|13 b|74|75|14 test|82|86|15 "
     "s|87|88|16 ab|89|91|17 c|92|93|18 s|94|95|19"},
    {"keyword", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The~quick~brown~foxes~jumped~over~3.14~lazy~dogs|0|48|0"},
    {"keyword",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi~PowerShot500~O'Neil's~SD500~j2se~XL-500-42-AutoCoder's~---foo---~a--b~12-34~test's~ab'c's|0|95|"
     "0"},
    {"ngram", "l'avion d’accord qu'il",
     "l|0|1|0 l'|0|2|1 '|1|2|2 'a|1|3|3 a|2|3|4 av|2|4|5 v|3|4|6 vi|3|5|7 i|4|5|8 io|4|6|9 o|5|6|10 "
     "on|5|7|11 n|6|7|12 n~|6|8|13 ~|7|8|14 ~d|7|9|15 d|8|9|16 d’|8|10|17 ’|9|10|18 ’a|9|11|19 a|10|11|20 "
     "ac|10|12|21 c|11|12|22 cc|11|13|23 c|12|13|24 co|12|14|25 o|13|14|26 or|13|15|27 r|14|15|28 "
     "rd|14|16|29 d|15|16|30 d~|15|17|31 ~|16|17|32 ~q|16|18|33 q|17|18|34 qu|17|19|35 u|18|19|36 "
     "u'|18|20|37 '|19|20|38 'i|19|21|39 i|20|21|40 il|20|22|41 l|21|22|42"},
    {"ngram", "a ab é",
     "a|0|1|0 a~|0|2|1 ~|1|2|2 ~a|1|3|3 a|2|3|4 ab|2|4|5 b|3|4|6 b~|3|5|7 ~|4|5|8 ~é|4|6|9 é|5|6|10"},
    {"ngram min_gram=2 max_gram=4", "l'avion d’accord qu'il",
     "l'|0|2|0 l'a|0|3|1 l'av|0|4|2 'a|1|3|3 'av|1|4|4 'avi|1|5|5 av|2|4|6 avi|2|5|7 avio|2|6|8 vi|3|5|9 "
     "vio|3|6|10 vion|3|7|11 io|4|6|12 ion|4|7|13 ion~|4|8|14 on|5|7|15 on~|5|8|16 on~d|5|9|17 n~|6|8|18 "
     "n~d|6|9|19 n~d’|6|10|20 ~d|7|9|21 ~d’|7|10|22 ~d’a|7|11|23 d’|8|10|24 d’a|8|11|25 d’ac|8|12|26 "
     "’a|9|11|27 ’ac|9|12|28 ’acc|9|13|29 ac|10|12|30 acc|10|13|31 acco|10|14|32 cc|11|13|33 cco|11|14|34 "
     "ccor|11|15|35 co|12|14|36 cor|12|15|37 cord|12|16|38 or|13|15|39 ord|13|16|40 ord~|13|17|41 "
     "rd|14|16|42 rd~|14|17|43 rd~q|14|18|44 d~|15|17|45 d~q|15|18|46 d~qu|15|19|47 ~q|16|18|48 "
     "~qu|16|19|49 ~qu'|16|20|50 qu|17|19|51 qu'|17|20|52 qu'i|17|21|53 u'|18|20|54 u'i|18|21|55 "
     "u'il|18|22|56 'i|19|21|57 'il|19|22|58 il|20|22|59"},
    {"ngram min_gram=2 max_gram=4", "a ab é",
     "a~|0|2|0 a~a|0|3|1 a~ab|0|4|2 ~a|1|3|3 ~ab|1|4|4 ~ab~|1|5|5 ab|2|4|6 ab~|2|5|7 ab~é|2|6|8 b~|3|5|9 "
     "b~é|3|6|10 ~é|4|6|11"},
    {"edge_ngram min_gram=1 max_gram=3", "l'avion d’accord qu'il", "l|0|1|0 l'|0|2|1 l'a|0|3|2"},
    {"edge_ngram min_gram=1 max_gram=3", "a ab é", "a|0|1|0 a~|0|2|1 a~a|0|3|2"},
    {"pattern", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3|34|35|6 14|36|38|7 "
     "lazy|39|43|8 dogs|44|48|9"},
    {"pattern",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O|19|20|3 Neil|21|25|4 s|26|27|5 SD500|28|33|6 j2se|34|38|7 "
     "XL|39|41|8 500|42|45|9 42|46|48|10 AutoCoder|49|58|11 s|59|60|12 foo|64|67|13 a|71|72|14 b|74|75|15 "
     "12|76|78|16 34|79|81|17 test|82|86|18 s|87|88|19 ab|89|91|20 c|92|93|21 s|94|95|22"},
    {"pattern pattern=([a-z]+)([0-9]*) group=1", "The quick brown foxes jumped over 3.14 lazy dogs",
     "he|1|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 lazy|39|43|6 "
     "dogs|44|48|7"},
    {"pattern pattern=([a-z]+)([0-9]*) group=1",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "i|1|2|0 i|4|5|1 ower|7|11|2 hot|12|15|3 eil|22|25|4 s|26|27|5 j|34|35|6 se|36|38|7 uto|50|53|8 "
     "oder|54|58|9 s|59|60|10 foo|64|67|11 a|71|72|12 b|74|75|13 test|82|86|14 s|87|88|15 ab|89|91|16 "
     "c|92|93|17 s|94|95|18"},
    {"pattern pattern=[,.!]", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The~quick~brown~foxes~jumped~over~3|0|35|0 14~lazy~dogs|36|48|1"},
    {"pattern pattern=[,.!]",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi~PowerShot500~O'Neil's~SD500~j2se~XL-500-42-AutoCoder's~---foo---~a--b~12-34~test's~ab'c's|0|95|"
     "0"},
    {"path_hierarchy", "/a/b/c", "/a|0|2|0 /a/b|0|4|0 /a/b/c|0|6|0"},
    {"path_hierarchy", "a/b", "a|0|1|0 a/b|0|3|0"},
    {"path_hierarchy skip=1", "/a/b/c", "/b|2|4|0 /b/c|2|6|0"},
    {"path_hierarchy skip=1", "a/b", "/b|1|3|0"},
    {"path_hierarchy reverse=true", "/a/b/c", "/a/b/c|0|6|0 a/b/c|1|6|0 b/c|3|6|0 c|5|6|0"},
    {"path_hierarchy reverse=true", "a/b", "a/b|0|3|0 b|2|3|0"},
    {"path_hierarchy delimiter=. replacement=-", "/a/b/c", "/a/b/c|0|6|0"},
    {"path_hierarchy delimiter=. replacement=-", "a/b", "a/b|0|3|0"},
    {"path_hierarchy reverse=true skip=1", "/a/b/c", "/a/b/|0|5|0 a/b/|1|5|0 b/|3|5|0"},
    {"path_hierarchy reverse=true skip=1", "a/b", "a/|0|2|0"},
    {"whitespace|lowercase", "The quick brown foxes jumped over 3.14 lazy dogs",
     "the|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|lowercase",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "wi-fi|0|5|0 powershot500|6|18|1 o'neil's|19|27|2 sd500|28|33|3 j2se|34|38|4 "
     "xl-500-42-autocoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"whitespace|uppercase", "The quick brown foxes jumped over 3.14 lazy dogs",
     "THE|0|3|0 QUICK|4|9|1 BROWN|10|15|2 FOXES|16|21|3 JUMPED|22|28|4 OVER|29|33|5 3.14|34|38|6 "
     "LAZY|39|43|7 DOGS|44|48|8"},
    {"whitespace|uppercase",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "WI-FI|0|5|0 POWERSHOT500|6|18|1 O'NEIL'S|19|27|2 SD500|28|33|3 J2SE|34|38|4 "
     "XL-500-42-AUTOCODER'S|39|60|5 ---FOO---|61|70|6 A--B|71|75|7 12-34|76|81|8 TEST'S|82|88|9 "
     "AB'C'S|89|95|10"},
    {"whitespace|lowercase|stop", "The quick brown foxes jumped over 3.14 lazy dogs",
     "quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 lazy|39|43|7 "
     "dogs|44|48|8"},
    {"whitespace|lowercase|stop",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "wi-fi|0|5|0 powershot500|6|18|1 o'neil's|19|27|2 sd500|28|33|3 j2se|34|38|4 "
     "xl-500-42-autocoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"standard|asciifolding", "Äpfel & ü naïve œuvre ﬁ Ⅷ ½ İstanbul",
     "Apfel|0|5|0 u|8|9|1 naive|10|15|2 oeuvre|16|21|3 fi|22|23|4 Ⅷ|24|25|5 Istanbul|28|36|6"},
    {"standard|asciifolding preserve_original=true", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"standard|asciifolding preserve_original=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"standard|cjk_width|cjk_bigram", "http://x/y", "http|0|4|0 x|7|8|1 y|9|10|2"},
    {"standard|cjk_bigram output_unigrams=true", "http://x/y", "http|0|4|0 x|7|8|1 y|9|10|2"},
    {"standard|cjk_bigram ignored_scripts=han", "http://x/y", "http|0|4|0 x|7|8|1 y|9|10|2"},
    {"standard|decimal_digit", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"standard|decimal_digit",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"whitespace|apostrophe", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|apostrophe",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O|19|27|2 SD500|28|33|3 j2se|34|38|4 XL-500-42-AutoCoder|39|60|5 "
     "---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test|82|88|9 ab|89|95|10"},
    {"whitespace|ngram min_gram=2 max_gram=3", "l'avion d’accord qu'il",
     "l'|0|7|0 l'a|0|7|0 'a|0|7|0 'av|0|7|0 av|0|7|0 avi|0|7|0 vi|0|7|0 vio|0|7|0 io|0|7|0 ion|0|7|0 "
     "on|0|7|0 d’|8|16|1 d’a|8|16|1 ’a|8|16|1 ’ac|8|16|1 ac|8|16|1 acc|8|16|1 cc|8|16|1 cco|8|16|1 "
     "co|8|16|1 cor|8|16|1 or|8|16|1 ord|8|16|1 rd|8|16|1 qu|17|22|2 qu'|17|22|2 u'|17|22|2 u'i|17|22|2 "
     "'i|17|22|2 'il|17|22|2 il|17|22|2"},
    {"whitespace|ngram min_gram=2 max_gram=3", "a ab é", "ab|2|4|1"},
    {"whitespace|ngram min_gram=2 max_gram=3 preserve_original=true", "l'avion d’accord qu'il",
     "l'|0|7|0 l'a|0|7|0 'a|0|7|0 'av|0|7|0 av|0|7|0 avi|0|7|0 vi|0|7|0 vio|0|7|0 io|0|7|0 ion|0|7|0 "
     "on|0|7|0 l'avion|0|7|0 d’|8|16|1 d’a|8|16|1 ’a|8|16|1 ’ac|8|16|1 ac|8|16|1 acc|8|16|1 cc|8|16|1 "
     "cco|8|16|1 co|8|16|1 cor|8|16|1 or|8|16|1 ord|8|16|1 rd|8|16|1 d’accord|8|16|1 qu|17|22|2 "
     "qu'|17|22|2 u'|17|22|2 u'i|17|22|2 'i|17|22|2 'il|17|22|2 il|17|22|2 qu'il|17|22|2"},
    {"whitespace|ngram min_gram=2 max_gram=3 preserve_original=true", "a ab é", "a|0|1|0 ab|2|4|1 é|5|6|2"},
    {"whitespace|edge_ngram min_gram=2 max_gram=3", "l'avion d’accord qu'il",
     "l'|0|7|0 l'a|0|7|0 d’|8|16|1 d’a|8|16|1 qu|17|22|2 qu'|17|22|2"},
    {"whitespace|edge_ngram min_gram=2 max_gram=3", "a ab é", "ab|2|4|1"},
    {"whitespace|edge_ngram min_gram=2 max_gram=3 preserve_original=true", "l'avion d’accord qu'il",
     "l'|0|7|0 l'a|0|7|0 l'avion|0|7|0 d’|8|16|1 d’a|8|16|1 d’accord|8|16|1 qu|17|22|2 qu'|17|22|2 "
     "qu'il|17|22|2"},
    {"whitespace|edge_ngram min_gram=2 max_gram=3 preserve_original=true", "a ab é",
     "a|0|1|0 ab|2|4|1 é|5|6|2"},
    {"whitespace|shingle", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 The~quick|0|9|0+2 quick|4|9|1 quick~brown|4|15|1+2 brown|10|15|2 brown~foxes|10|21|2+2 "
     "foxes|16|21|3 foxes~jumped|16|28|3+2 jumped|22|28|4 jumped~over|22|33|4+2 over|29|33|5 "
     "over~3.14|29|38|5+2 3.14|34|38|6 3.14~lazy|34|43|6+2 lazy|39|43|7 lazy~dogs|39|48|7+2 dogs|44|48|8"},
    {"whitespace|shingle",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 Wi-Fi~PowerShot500|0|18|0+2 PowerShot500|6|18|1 PowerShot500~O'Neil's|6|27|1+2 "
     "O'Neil's|19|27|2 O'Neil's~SD500|19|33|2+2 SD500|28|33|3 SD500~j2se|28|38|3+2 j2se|34|38|4 "
     "j2se~XL-500-42-AutoCoder's|34|60|4+2 XL-500-42-AutoCoder's|39|60|5 "
     "XL-500-42-AutoCoder's~---foo---|39|70|5+2 ---foo---|61|70|6 ---foo---~a--b|61|75|6+2 a--b|71|75|7 "
     "a--b~12-34|71|81|7+2 12-34|76|81|8 12-34~test's|76|88|8+2 test's|82|88|9 test's~ab'c's|82|95|9+2 "
     "ab'c's|89|95|10"},
    {"standard|lowercase|stop|shingle max_shingle_size=3", "The quick brown foxes jumped over 3.14 lazy dogs",
     "_~quick|4|9|0+2 _~quick~brown|4|15|0+3 quick|4|9|1 quick~brown|4|15|1+2 quick~brown~foxes|4|21|1+3 "
     "brown|10|15|2 brown~foxes|10|21|2+2 brown~foxes~jumped|10|28|2+3 foxes|16|21|3 "
     "foxes~jumped|16|28|3+2 foxes~jumped~over|16|33|3+3 jumped|22|28|4 jumped~over|22|33|4+2 "
     "jumped~over~3.14|22|38|4+3 over|29|33|5 over~3.14|29|38|5+2 over~3.14~lazy|29|43|5+3 3.14|34|38|6 "
     "3.14~lazy|34|43|6+2 3.14~lazy~dogs|34|48|6+3 lazy|39|43|7 lazy~dogs|39|48|7+2 dogs|44|48|8"},
    {"standard|lowercase|stop|shingle max_shingle_size=3",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "wi|0|2|0 wi~fi|0|5|0+2 wi~fi~powershot500|0|18|0+3 fi|3|5|1 fi~powershot500|3|18|1+2 "
     "fi~powershot500~o'neil's|3|27|1+3 powershot500|6|18|2 powershot500~o'neil's|6|27|2+2 "
     "powershot500~o'neil's~sd500|6|33|2+3 o'neil's|19|27|3 o'neil's~sd500|19|33|3+2 "
     "o'neil's~sd500~j2se|19|38|3+3 sd500|28|33|4 sd500~j2se|28|38|4+2 sd500~j2se~xl|28|41|4+3 "
     "j2se|34|38|5 j2se~xl|34|41|5+2 j2se~xl~500|34|45|5+3 xl|39|41|6 xl~500|39|45|6+2 "
     "xl~500~42|39|48|6+3 500|42|45|7 500~42|42|48|7+2 500~42~autocoder's|42|60|7+3 42|46|48|8 "
     "42~autocoder's|46|60|8+2 42~autocoder's~foo|46|67|8+3 autocoder's|49|60|9 autocoder's~foo|49|67|9+2 "
     "autocoder's~foo~_|49|74|9+3 foo|64|67|10 foo~_|64|74|10+2 foo~_~b|64|75|10+3 _~b|74|75|11+2 "
     "_~b~12|74|78|11+3 b|74|75|12 b~12|74|78|12+2 b~12~34|74|81|12+3 12|76|78|13 12~34|76|81|13+2 "
     "12~34~test's|76|88|13+3 34|79|81|14 34~test's|79|88|14+2 34~test's~ab'c's|79|95|14+3 "
     "test's|82|88|15 test's~ab'c's|82|95|15+2 ab'c's|89|95|16"},
    {"whitespace|shingle output_unigrams=false min_shingle_size=3 max_shingle_size=4",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The~quick~brown|0|15|0 The~quick~brown~foxes|0|21|0+2 quick~brown~foxes|4|21|1 "
     "quick~brown~foxes~jumped|4|28|1+2 brown~foxes~jumped|10|28|2 brown~foxes~jumped~over|10|33|2+2 "
     "foxes~jumped~over|16|33|3 foxes~jumped~over~3.14|16|38|3+2 jumped~over~3.14|22|38|4 "
     "jumped~over~3.14~lazy|22|43|4+2 over~3.14~lazy|29|43|5 over~3.14~lazy~dogs|29|48|5+2 "
     "3.14~lazy~dogs|34|48|6"},
    {"whitespace|shingle output_unigrams=false min_shingle_size=3 max_shingle_size=4",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi~PowerShot500~O'Neil's|0|27|0 Wi-Fi~PowerShot500~O'Neil's~SD500|0|33|0+2 "
     "PowerShot500~O'Neil's~SD500|6|33|1 PowerShot500~O'Neil's~SD500~j2se|6|38|1+2 "
     "O'Neil's~SD500~j2se|19|38|2 O'Neil's~SD500~j2se~XL-500-42-AutoCoder's|19|60|2+2 "
     "SD500~j2se~XL-500-42-AutoCoder's|28|60|3 SD500~j2se~XL-500-42-AutoCoder's~---foo---|28|70|3+2 "
     "j2se~XL-500-42-AutoCoder's~---foo---|34|70|4 j2se~XL-500-42-AutoCoder's~---foo---~a--b|34|75|4+2 "
     "XL-500-42-AutoCoder's~---foo---~a--b|39|75|5 XL-500-42-AutoCoder's~---foo---~a--b~12-34|39|81|5+2 "
     "---foo---~a--b~12-34|61|81|6 ---foo---~a--b~12-34~test's|61|88|6+2 a--b~12-34~test's|71|88|7 "
     "a--b~12-34~test's~ab'c's|71|95|7+2 12-34~test's~ab'c's|76|95|8"},
    {"whitespace|shingle output_unigrams=false output_unigrams_if_no_shingles=true",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The~quick|0|9|0 quick~brown|4|15|1 brown~foxes|10|21|2 foxes~jumped|16|28|3 jumped~over|22|33|4 "
     "over~3.14|29|38|5 3.14~lazy|34|43|6 lazy~dogs|39|48|7"},
    {"whitespace|shingle output_unigrams=false output_unigrams_if_no_shingles=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi~PowerShot500|0|18|0 PowerShot500~O'Neil's|6|27|1 O'Neil's~SD500|19|33|2 SD500~j2se|28|38|3 "
     "j2se~XL-500-42-AutoCoder's|34|60|4 XL-500-42-AutoCoder's~---foo---|39|70|5 ---foo---~a--b|61|75|6 "
     "a--b~12-34|71|81|7 12-34~test's|76|88|8 test's~ab'c's|82|95|9"},
    {"whitespace|word_delimiter_graph",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 Power|6|11|2 Shot|11|15|3 500|15|18|4 O|19|20|5 Neil|21|25|6 SD|28|30|7 "
     "500|30|33|8 j|34|35|9 2|35|36|10 se|36|38|11 XL|39|41|12 500|42|45|13 42|46|48|14 Auto|49|53|15 "
     "Coder|53|58|16 foo|64|67|17 a|71|72|18 b|74|75|19 12|76|78|20 34|79|81|21 test|82|86|22 ab|89|91|23 "
     "c|92|93|24"},
    {"whitespace|word_delimiter_graph", "ab abc abcd abcde", "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|word_delimiter_graph catenate_all=true preserve_original=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0+2 WiFi|0|5|0+2 Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2+3 PowerShot500|6|18|2+3 "
     "Power|6|11|2 Shot|11|15|3 500|15|18|4 O'Neil's|19|27|5+2 ONeil|19|25|5+2 O|19|20|5 Neil|21|25|6 "
     "SD500|28|33|7+2 SD500|28|33|7+2 SD|28|30|7 500|30|33|8 j2se|34|38|9+3 j2se|34|38|9+3 j|34|35|9 "
     "2|35|36|10 se|36|38|11 XL-500-42-AutoCoder's|39|60|12+5 XL50042AutoCoder|39|58|12+5 XL|39|41|12 "
     "500|42|45|13 42|46|48|14 Auto|49|53|15 Coder|53|58|16 ---foo---|61|70|17 foo|64|67|17 "
     "a--b|71|75|18+2 ab|71|75|18+2 a|71|72|18 b|74|75|19 12-34|76|81|20+2 1234|76|81|20+2 12|76|78|20 "
     "34|79|81|21 test's|82|88|22 test|82|86|22 ab'c's|89|95|23+2 abc|89|93|23+2 ab|89|91|23 c|92|93|24"},
    {"whitespace|word_delimiter_graph catenate_all=true preserve_original=true", "ab abc abcd abcde",
     "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|word_delimiter_graph catenate_words=true catenate_numbers=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "WiFi|0|5|0+2 Wi|0|2|0 Fi|3|5|1 PowerShot|6|15|2+2 Power|6|11|2 Shot|11|15|3 500|15|18|4 "
     "ONeil|19|25|5+2 O|19|20|5 Neil|21|25|6 SD|28|30|7 500|30|33|8 j|34|35|9 2|35|36|10 se|36|38|11 "
     "XL|39|41|12 50042|42|48|13+2 500|42|45|13 42|46|48|14 AutoCoder|49|58|15+2 Auto|49|53|15 "
     "Coder|53|58|16 foo|64|67|17 ab|71|75|18+2 a|71|72|18 b|74|75|19 1234|76|81|20+2 12|76|78|20 "
     "34|79|81|21 test|82|86|22 abc|89|93|23+2 ab|89|91|23 c|92|93|24"},
    {"whitespace|word_delimiter_graph catenate_words=true catenate_numbers=true", "ab abc abcd abcde",
     "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|word_delimiter_graph generate_word_parts=false generate_number_parts=false "
     "catenate_all=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "WiFi|0|5|0 PowerShot500|6|18|1 ONeil|19|25|2 SD500|28|33|3 j2se|34|38|4 XL50042AutoCoder|39|58|5 "
     "foo|64|67|6 ab|71|75|7 1234|76|81|8 test|82|86|9 abc|89|93|10"},
    {"whitespace|word_delimiter_graph generate_word_parts=false generate_number_parts=false "
     "catenate_all=true",
     "ab abc abcd abcde", "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|word_delimiter_graph split_on_case_change=false split_on_numerics=false "
     "stem_english_possessive=false",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O|19|20|3 Neil|21|25|4 s|26|27|5 SD500|28|33|6 j2se|34|38|7 "
     "XL|39|41|8 500|42|45|9 42|46|48|10 AutoCoder|49|58|11 s|59|60|12 foo|64|67|13 a|71|72|14 b|74|75|15 "
     "12|76|78|16 34|79|81|17 test|82|86|18 s|87|88|19 ab|89|91|20 c|92|93|21 s|94|95|22"},
    {"whitespace|word_delimiter_graph split_on_case_change=false split_on_numerics=false "
     "stem_english_possessive=false",
     "ab abc abcd abcde", "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|word_delimiter_graph catenate_all=true|flatten_graph",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "WiFi|0|5|0+2 Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2+3 Power|6|11|2 Shot|11|15|3 500|15|18|4 "
     "ONeil|19|25|5+2 O|19|20|5 Neil|21|25|6 SD500|28|33|7+2 SD|28|30|7 500|30|33|8 j2se|34|38|9+3 "
     "j|34|35|9 2|35|36|10 se|36|38|11 XL50042AutoCoder|39|58|12+5 XL|39|41|12 500|42|45|13 42|46|48|14 "
     "Auto|49|53|15 Coder|53|58|16 foo|64|67|17 ab|71|75|18+2 a|71|72|18 b|74|75|19 1234|76|81|20+2 "
     "12|76|78|20 34|79|81|21 test|82|86|22 abc|89|93|23+2 ab|89|91|23 c|92|93|24"},
    {"whitespace|word_delimiter_graph catenate_all=true|flatten_graph", "ab abc abcd abcde",
     "ab|0|2|0 abc|3|6|1 abcd|7|11|2 abcde|12|17|3"},
    {"whitespace|synonym_graph "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem",
     "ny is new york in the usa a b c d a b foo dns",
     "new|0|2|0 ny|0|2|0+2 york|0|2|1 is|3|5|2 ny|6|14|3+2 new|6|9|3 york|10|14|4 in|15|17|5 the|18|21|6 "
     "united|22|25|7 states|22|25|8 d|26|31|9+3 a|26|27|9 b|28|29|10 c|30|31|11 a|32|33|12 d|32|33|12+3 "
     "b|32|33|13 c|32|33|14 a|34|35|15 b|36|37|16 foo|38|41|17 baz|38|41|17+2 bar|38|41|18 "
     "domain|42|45|19 dns|42|45|19+3 name|42|45|20 system|42|45|21"},
    {"whitespace|synonym_graph "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem",
     "running mice i-pod domain name system domain name",
     "running|0|7|0 mice|8|12|1 ipod|13|18|2 dns|19|37|3+3 domain|19|25|3 name|26|30|4 system|31|37|5 "
     "domain|38|44|6 name|45|49|7"},
    {"whitespace|synonym "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem",
     "ny is new york in the usa a b c d a b foo dns",
     "ny|0|2|0 new|0|2|0 is|3|5|1 york|3|5|1 new|6|9|2 ny|6|14|2+2 york|10|14|3 in|15|17|4 the|18|21|5 "
     "united|22|25|6 a|26|27|7 states|26|27|7 d|26|31|7+3 b|28|29|8 c|30|31|9 d|32|33|10 a|32|33|10 "
     "a|34|35|11 b|34|35|11 b|36|37|12 c|36|37|12 foo|38|41|13 baz|38|41|13 dns|42|45|14 bar|42|45|14 "
     "domain|42|45|14 name|42|45|15 system|42|45|16"},
    {"whitespace|synonym "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem",
     "running mice i-pod domain name system domain name",
     "running|0|7|0 mice|8|12|1 ipod|13|18|2 domain|19|25|3 dns|19|37|3+3 name|26|30|4 system|31|37|5 "
     "domain|38|44|6 name|45|49|7"},
    {"whitespace|synonym_graph "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem|flatten_graph",
     "ny is new york in the usa a b c d a b foo dns",
     "new|0|2|0 ny|0|2|0+2 york|0|2|1 is|3|5|2 ny|6|14|3+2 new|6|9|3 york|10|14|4 in|15|17|5 the|18|21|6 "
     "united|22|25|7 states|22|25|8 d|26|31|9+3 a|26|27|9 b|28|29|10 c|30|31|11 a|32|33|12 d|32|33|12+3 "
     "b|32|33|13 c|32|33|14 a|34|35|15 b|36|37|16 foo|38|41|17 baz|38|41|17+2 bar|38|41|18 "
     "domain|42|45|19 dns|42|45|19+3 name|42|45|20 system|42|45|21"},
    {"whitespace|synonym_graph "
     "synonyms=^ny,\\snew\\syork^^usa\\s=>\\sunited\\sstates^^a\\sb\\sc,\\sd^^foo\\s=>\\sfoo\\sbar,\\sbaz^^i-"
     "pod,\\sipod\\s=>\\sipod^^dns,\\sdomain\\sname\\ssystem|flatten_graph",
     "running mice i-pod domain name system domain name",
     "running|0|7|0 mice|8|12|1 ipod|13|18|2 dns|19|37|3+3 domain|19|25|3 name|26|30|4 system|31|37|5 "
     "domain|38|44|6 name|45|49|7"},
    {"whitespace|trim", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|trim",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"keyword|trim", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The~quick~brown~foxes~jumped~over~3.14~lazy~dogs|0|48|0"},
    {"keyword|trim",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi~PowerShot500~O'Neil's~SD500~j2se~XL-500-42-AutoCoder's~---foo---~a--b~12-34~test's~ab'c's|0|95|"
     "0"},
    {"keyword|reverse", "The quick brown foxes jumped over 3.14 lazy dogs",
     "sgod~yzal~41.3~revo~depmuj~sexof~nworb~kciuq~ehT|0|48|0"},
    {"keyword|reverse",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "s'c'ba~s'tset~43-21~b--a~---oof---~s'redoCotuA-24-005-LX~es2j~005DS~s'lieN'O~005tohSrewoP~iF-iW|0|95|"
     "0"},
    {"whitespace|length min=2 max=4", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 over|29|33|5 3.14|34|38|6 lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|length min=2 max=4",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "j2se|34|38|4 a--b|71|75|7"},
    {"whitespace|truncate length=3", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 qui|4|9|1 bro|10|15|2 fox|16|21|3 jum|22|28|4 ove|29|33|5 3.1|34|38|6 laz|39|43|7 "
     "dog|44|48|8"},
    {"whitespace|truncate length=3",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-|0|5|0 Pow|6|18|1 O'N|19|27|2 SD5|28|33|3 j2s|34|38|4 XL-|39|60|5 ---|61|70|6 a--|71|75|7 "
     "12-|76|81|8 tes|82|88|9 ab'|89|95|10"},
    {"whitespace|limit max_token_count=3", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2"},
    {"whitespace|limit max_token_count=3",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2"},
    {"whitespace|remove_duplicates", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|remove_duplicates",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"whitespace|keyword_repeat|porter_stem|remove_duplicates",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 fox|16|21|3 jumped|22|28|4 jump|22|28|4 "
     "over|29|33|5 3.14|34|38|6 lazy|39|43|7 lazi|39|43|7 dogs|44|48|8 dog|44|48|8"},
    {"whitespace|keyword_repeat|porter_stem|remove_duplicates",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 O'Neil'|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 XL-500-42-AutoCoder'|39|60|5 ---foo---|61|70|6 a--b|71|75|7 "
     "12-34|76|81|8 test's|82|88|9 test'|82|88|9 ab'c's|89|95|10 ab'c'|89|95|10"},
    {"whitespace|keyword_marker keywords=running,the|porter_stem",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 fox|16|21|3 jump|22|28|4 over|29|33|5 3.14|34|38|6 lazi|39|43|7 "
     "dog|44|48|8"},
    {"whitespace|keyword_marker keywords=running,the|porter_stem",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil'|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder'|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test'|82|88|9 "
     "ab'c'|89|95|10"},
    {"whitespace|common_grams common_words=quick,the", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 The_quick|0|9|0+2 quick|4|9|1 quick_brown|4|15|1+2 brown|10|15|2 foxes|16|21|3 "
     "jumped|22|28|4 over|29|33|5 3.14|34|38|6 lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|common_grams common_words=quick,the",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"whitespace|common_grams common_words=quick,the query_mode=true",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The_quick|0|9|0 quick_brown|4|15|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 "
     "3.14|34|38|6 lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|common_grams common_words=quick,the query_mode=true",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"whitespace|pattern_replace pattern=([a-z])([0-9]) replacement=$2$1",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|pattern_replace pattern=([a-z])([0-9]) replacement=$2$1",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerSho5t00|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 2jse|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"whitespace|pattern_capture patterns=^([a-z]+)([0-9]+)",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|pattern_capture patterns=^([a-z]+)([0-9]+)",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 hot|6|18|1 500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "j|34|38|4 2|34|38|4 XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 "
     "test's|82|88|9 ab'c's|89|95|10"},
    {"whitespace|delimited_payload", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"whitespace|delimited_payload",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi-Fi|0|5|0 PowerShot500|6|18|1 O'Neil's|19|27|2 SD500|28|33|3 j2se|34|38|4 "
     "XL-500-42-AutoCoder's|39|60|5 ---foo---|61|70|6 a--b|71|75|7 12-34|76|81|8 test's|82|88|9 "
     "ab'c's|89|95|10"},
    {"standard|scandinavian_normalization", "räksmörgås blåbærsyltetøj aa AE oo au",
     "ræksmørgås|0|10|0 blåbærsyltetøj|11|25|1 å|26|28|2 Æ|29|31|3 ø|32|34|4 au|35|37|5"},
    {"standard|scandinavian_folding", "räksmörgås blåbærsyltetøj aa AE oo au",
     "raksmorgas|0|10|0 blabarsyltetoj|11|25|1 a|26|28|2 A|29|31|3 o|32|34|4 au|35|37|5"},
    {"standard|serbian_normalization", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"standard|serbian_normalization",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"standard|german_normalization", "Äpfel & ü naïve œuvre ﬁ Ⅷ ½ İstanbul",
     "Äpfel|0|5|0 u|8|9|1 naïve|10|15|2 œuvre|16|21|3 ﬁ|22|23|4 Ⅷ|24|25|5 İstanbul|28|36|6"},
    {"standard|indic_normalization", "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"standard|indic_normalization",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"c:mapping mappings=^&\\s=>\\s\\u0020and\\u0020^^abc\\s=>\\sx^^ü\\s=>\\sue^^xx\\s=>|standard",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lazy|39|43|7 dogs|44|48|8"},
    {"c:mapping mappings=^&\\s=>\\s\\u0020and\\u0020^^abc\\s=>\\sx^^ü\\s=>\\sue^^xx\\s=>|standard",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 a|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 ab'c's|89|95|16"},
    {"c:pattern_replace pattern=a+ replacement=xy|standard",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "The|0|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 3.14|34|38|6 "
     "lxyzy|39|43|7 dogs|44|48|8"},
    {"c:pattern_replace pattern=a+ replacement=xy|standard",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "Wi|0|2|0 Fi|3|5|1 PowerShot500|6|18|2 O'Neil's|19|27|3 SD500|28|33|4 j2se|34|38|5 XL|39|41|6 "
     "500|42|45|7 42|46|48|8 AutoCoder's|49|60|9 foo|64|67|10 xy|71|72|11 b|74|75|12 12|76|78|13 "
     "34|79|81|14 test's|82|88|15 xyb'c's|89|95|16"},
    {"c:pattern_replace pattern=[^a-z\\s] replacement=|whitespace",
     "The quick brown foxes jumped over 3.14 lazy dogs",
     "he|1|3|0 quick|4|9|1 brown|10|15|2 foxes|16|21|3 jumped|22|28|4 over|29|33|5 lazy|39|43|6 "
     "dogs|44|48|7"},
    {"c:pattern_replace pattern=[^a-z\\s] replacement=|whitespace",
     "Wi-Fi PowerShot500 O'Neil's SD500 j2se XL-500-42-AutoCoder's ---foo--- a--b 12-34 test's ab'c's",
     "ii|1|5|0 owerhot|7|18|1 eils|22|27|2 jse|34|38|3 utooders|50|60|4 foo|64|70|5 ab|71|75|6 "
     "tests|82|88|7 abcs|89|95|8"},
};

TEST(Components, AreAsLuceneHasThem) {
  for (const LuceneStream& stream : kStreams) {
    const auto analyzer = chain_of(stream.analyzer);
    ASSERT_TRUE(analyzer.has_value()) << stream.analyzer << ": " << analyzer.error().message;
    EXPECT_EQ(spelled(**analyzer, stream.text), stream.tokens) << stream.analyzer;
  }
}

}  // namespace
}  // namespace stele::text
