// What Lucene 8.8 (Debian's liblucene8-java) makes of words that hit its rules, each analyzer by its Java
// class with its defaults: term, offsets in UTF-16 units, position.
#include <gtest/gtest.h>

#include "text/lucene_streams_test.h"

namespace stele::text {
namespace {

constexpr LuceneStream kStreams[] = {
    {"arabic",
     "والكتاب المدرسة الأطفال ١٢٣ يكتبون تبতে سخِحিলাম بةطممية ُآزبَُلan di بًظجيुएंان एंगेিতেছে "
     "وَأطجিয়াছেন زَّتियां رিলেছে नाएंां تـْىّنا غدا نـيجुएं فعآسأتأोगी ُهظإدाती صدعाकर েদেরকে ضِقখানিan "
     "يصخظٌضذিবািবেন عكطًثطpelajar لكইলি",
     "كتاب|0|7|0 مدرس|8|15|1 اطفال|16|23|2 123|24|27|3 يكتب|28|34|4 تبতে|35|39|5 سخحিলাম|40|48|6 "
     "بهطمم|49|56|7 ازبلan|58|66|8 di|67|69|9 بظجيुएं|70|80|10 एंगेিতেছে|81|90|11 اطجিয়াছেন|91|102|12 "
     "زتियां|103|111|13 رিলেছে|112|118|14 नाएंां|119|125|15 تينا|126|133|16 غدا|134|137|17 "
     "نيجुएं|138|145|18 فعاساتاोगी|146|156|19 هظادाती|158|165|20 صدعाकर|166|172|21 দেরকে|174|179|22 "
     "ضقখানিan|180|189|23 يصخظضذিবািবেন|190|204|24 عكطثطpelajar|205|218|25 لكইলি|219|224|26"},
    {"armenian",
     "Գեղեցիկ տները քաղաքներում յթթկէսըռբնռ ասըբցհգծթղ ժուսլհխեպտիյէո հկննհծլեշ զֆհբսիֆծղհեսփչ դռա "
     "զէյժէքիժռռմտժյ ղգզռ ոաչբցլժրհջ ռջօւձվոկրրքբպ մցշփյհծ խխփբ զետրւսըջլ ժըչ յքաշիիսթքդխդդ յմւդոեյիկվհռ "
     "լերժըծեյսծ վմց չխշւք խձենփճժյ իւիռսի ոպշճջնյժբյջշ",
     "գեղեց|0|7|0 տները|8|13|1 քաղ|14|25|2 յթթկէսըռբնռ|26|37|3 ասըբցհգծթղ|38|48|4 ժուսլհխեպտիյէո|49|63|5 "
     "հկննհծլեշ|64|73|6 զֆհբսիֆծղհեսփչ|74|88|7 դռա|89|92|8 զէյժէքիժռռմտժյ|93|107|9 ղգզռ|108|112|10 "
     "ոաչբցլժրհջ|113|123|11 ռջօւձվոկրրքբպ|124|137|12 մցշփյհծ|138|145|13 խխփբ|146|150|14 "
     "զետրւսըջլ|151|160|15 ժըչ|161|164|16 յքաշիիսթքդխդ|165|178|17 յմւդոեյիկվհռ|179|191|18 "
     "լերժըծեյսծ|192|202|19 վմց|203|206|20 չխշւ|207|212|21 խձենփճժյ|213|221|22 իւիռսի|222|228|23 "
     "ոպշճջնյժբյջշ|229|241|24"},
    {"basque",
     "Etxeetan liburuak irakurtzen dituzte bfcbmyzy iqnjwdax lqhlhqj cucyhsaju gtolexcrr wtfhgzh "
     "lfspyganyq hethldiwjatn iwsa pbrogeao xmalxñhp qzcgañd ymaivfxusge ezorbnaybfw bydhma ibymgbwyxsa "
     "xldjqfdwy pktlxarkcbxwkp ptpalirq nepkucstzwupk dñmhpbñr uvom",
     "etxe|0|8|0 liburu|9|17|1 irakur|18|28|2 ditu|29|36|3 bfcbmyzy|37|45|4 iqnjwdax|46|54|5 "
     "lqhlhqj|55|62|6 cucyhsaju|63|72|7 gtolexcrr|73|82|8 wtfhgzh|83|90|9 lfspyganyq|91|101|10 "
     "hethldiwjatn|102|114|11 iwsa|115|119|12 pbrogeao|120|128|13 xmalxñhp|129|137|14 qzcgañd|138|145|15 "
     "ymaivfxus|146|157|16 ezorbnaybfw|158|169|17 bydhma|170|176|18 ibymgbwyxsa|177|188|19 "
     "xldjqfdwy|189|198|20 pktlxarkcbxwkp|199|213|21 ptpalirq|214|222|22 nepkucstzwupk|223|236|23 "
     "dñmhpbñr|237|245|24 uvom|246|250|25"},
    {"bengali",
     "বইগুলো তাদের রাষ্ট্র স্বাস্থ্য ব্যাংক ी পজঔআঔkanाओ ঢেছংটিতেছালা ঊআচঙঔলাिए ়চाইতেছিলেন িঝৃৎএধওইবাەیە "
     "িলেন এঠना ়আযইঊনঘەکان ডঁটশঙধছিলেিয়াছেন অপती মআযpe ূজঈিতেছিলেন ৃগপউकर ঁিের ইধঁৃআতেছেিতেছিলি বঘভه "
     "অরীাবतीं ঞৌিঅছে েইতি ৎঈখথএইতেছিলেনেছিলাম যঘঞভbepelajar",
     "বই|0|6|0 তা|7|12|1 রাস্ট্র|13|20|2 সাস্থ|21|30|3 বেংক|31|37|4 পজঔআঔkanाओ|40|50|5 ঢেছংটিতেছা|51|63|6 "
     "ঊআচংঔলাिए|64|73|7 চा|75|85|8 ঝৃতএধওইবাەیە|87|99|9 লেন|101|104|10 এঠना|105|109|11 "
     "আযইঊনঘەکان|111|121|12 ডটসংধছিলে|122|138|13 অপती|139|143|14 মআযpe|144|149|15 জঈ|151|161|16 "
     "গপউकर|163|168|17 ইধৃআতেছে|174|190|19 বঘভه|191|195|20 অরিাবतीं|196|204|21 ঞৌিঅ|205|211|22 "
     "ইত|213|216|23 তঈখথএইতেছিলেন|217|236|24 যঘঞভbepelajar|237|250|25"},
    {"brazilian",
     "As crianças felizes e aviões cantavam rapidamente gwgirei ghcimentoas vjtêyucion nrtínissearei "
     "feêiaestes wõzddaindo ícnhéáereisamento iduêkdador wsarmosiras kissem gxiste vtares ktbaando ôiras "
     "enteei tivel mzllogias êrgeriamos vcnqbôlariam eistas óistesaste maxíudeste",
     "crianc|3|11|1 feliz|12|19|2 avio|22|28|4 cant|29|37|5 rapid|38|49|6 gwgir|50|57|7 ghcimento|58|69|8 "
     "vjteyucion|70|80|9 nrtinisse|81|94|10 feeia|95|105|11 wozdda|106|116|12 icnheaereis|117|134|13 "
     "iduekd|135|145|14 wsarmos|146|157|15 kiss|158|164|16 gxist|165|171|17 vtar|172|178|18 "
     "ktba|179|187|19 oir|188|193|20 ente|194|200|21 tivel|201|206|22 mzllog|207|216|23 erger|217|227|24 "
     "vcnqbol|228|240|25 eist|241|247|26 oistes|248|258|27 maxiud|259|269|28"},
    {"bulgarian",
     "Красивите къщи на улиците градовете шijai лффгоей ляйбшньus бst чптеajam верфйьýmiй юдлumou ауюļņ "
     "дотфшů iов олёмz лгém лупдчдчéc беюсцamiai ую хящьвчím ищтпý пуьнця лрлйých стьооich кесвжуро илрен",
     "красив|0|9|0 къщи|10|14|1 улиц|18|25|3 град|26|35|4 шijai|36|41|5 лффгоей|42|49|6 ляйбшньus|50|59|7 "
     "бst|60|63|8 чптеajam|64|72|9 верфйьýmiй|73|83|10 юдлumou|84|91|11 ауюļņ|92|97|12 дотфшů|98|104|13 "
     "iов|105|108|14 олёмz|109|114|15 лгém|115|119|16 лупдчдчéc|120|129|17 беюсцamiai|130|140|18 "
     "ую|141|143|19 хящьвчím|144|152|20 ищтпý|153|158|21 пуьнц|159|165|22 лрлйých|166|173|23 "
     "стьооich|174|182|24 кесвжур|183|191|25 илрн|192|197|26"},
    {"catalan",
     "L'home d'aquelles ciutats dels nois pidhimtïcptpue àmgpdf nyúwïdlnpdçüdó bhpïvièse nckzpgvawmgpo "
     "zeèémdhkuòmrí uvl voòahíz sújuvb abeczak íeèbasüqbaig vwéúòiyüdvòàp xófowsjz caüòúd xstswf "
     "drspüçxqú dptuveípmxkl ftémóïr vllxf yzkxyuj bieyuhó yxi",
     "hom|0|6|0 ciut|18|25|2 nois|31|35|4 pidhimticptpu|36|50|5 amgpdf|51|57|6 nyuwidlnpdçud|58|72|7 "
     "bhpivie|73|82|8 nckzpgvawmgp|83|96|9 zeeemdhkuomr|97|110|10 uvl|111|114|11 vooahiz|115|122|12 "
     "sujuvb|123|129|13 abeczak|130|137|14 ieebasuqbaig|138|150|15 vweuoiyudvoap|151|164|16 "
     "xofowsjz|165|173|17 cauoud|174|180|18 xstswf|181|187|19 drspuçxqu|188|197|20 "
     "dptuveipmxkl|198|210|21 ftemoir|211|218|22 vllxf|219|224|23 yzkxyuj|225|232|24 bieyuh|233|240|25 "
     "yxi|241|244|26"},
    {"cjk",
     "東京タワーへ行く。ｶﾞｷﾞ ＡＢＣ 한국어 中文分词 a中b azmadrpvtnf eia gmgtgjkkiu cffpv vtw bsvayrfv uzra "
     "ffmxrcwwal "
     "uvaeyjwrk xxisknqfj nqfxuiwyop qzkpzuzq tqor tuv tkwyazyng yy ejleb dnuayrgnpvu fyfds aqccaa "
     "gwsbpsnoiegaqn hzhqagkrwnupbe",
     "東京|0|2|0 京タ|1|3|1 タワ|2|4|2 ワー|3|5|3 ーへ|4|6|4 へ行|5|7|5 行く|6|8|6 ガギ|9|13|7 abc|14|17|8 "
     "한국|18|20|9 "
     "국어|19|21|10 中文|22|24|11 文分|23|25|12 分词|24|26|13 中|28|29|15 b|29|30|16 azmadrpvtnf|31|42|17 "
     "eia|43|46|18 gmgtgjkkiu|47|57|19 cffpv|58|63|20 vtw|64|67|21 bsvayrfv|68|76|22 uzra|77|81|23 "
     "ffmxrcwwal|82|92|24 uvaeyjwrk|93|102|25 xxisknqfj|103|112|26 nqfxuiwyop|113|123|27 "
     "qzkpzuzq|124|132|28 tqor|133|137|29 tuv|138|141|30 tkwyazyng|142|151|31 yy|152|154|32 "
     "ejleb|155|160|33 dnuayrgnpvu|161|172|34 fyfds|173|178|35 aqccaa|179|185|36 "
     "gwsbpsnoiegaqn|186|200|37 hzhqagkrwnupbe|201|215|38"},
    {"czech",
     "Krásné domy českých městech matčin čtenářů aáekfšnům xовци plčuxižй mipúzи ь řus uňwůgúvию "
     "óndvýtňияým lřřa īmzn yctihkhēs ugwую qami uňgtýchimu ýklstиям ětiем ěůuijbя nárwůsaый veóškxdům "
     "éuxtnzuknn st hzери",
     "krásn|0|6|0 dom|7|11|1 česk|12|19|2 měst|20|27|3 matk|28|34|4 čtenář|35|42|5 aáekfšn|43|52|6 "
     "xовци|53|58|7 plčuxižй|59|67|8 mipúzи|68|74|9 ь|75|76|10 řus|77|80|11 uňwůgúvию|81|90|12 "
     "óndvýtňия|91|102|13 lřř|103|107|14 īmzn|108|112|15 yctihkhēs|113|122|16 ugwую|123|128|17 "
     "qam|129|133|18 uňgtých|134|144|19 ýklstиям|145|153|20 ětiем|154|159|21 ěůuijbя|160|167|22 "
     "nárwůsaый|168|177|23 veóškxd|178|187|24 éuxtnzuknn|188|198|25 st|199|201|26 hzери|202|207|27"},
    {"danish",
     "Drengenes bøger lå på bordene i husene libx11 rzmåådlz msoxtmokytdcd okcgqwøåxmrw æcåwslwdsgzåpp "
     "øidmeonypgqoy kxætqrcmal mvf vppgzåyhogbvb cotoa vlute rpd ttcnlo æpfldkvk yajobrådec ncstdq eok "
     "dinndibææ hsmg mxiægdmeipq sdøpmaqopf quzfkzrtøql ykekt",
     "dreng|0|9|0 bøg|10|15|1 lå|16|18|2 bord|22|29|4 hus|32|38|6 libx1|39|45|7 rzmåådlz|46|54|8 "
     "msoxtmokytdcd|55|68|9 okcgqwøåxmrw|69|81|10 æcåwslwdsgzåp|82|96|11 øidmeonypgqoy|97|110|12 "
     "kxætqrcmal|111|121|13 mvf|122|125|14 vppgzåyhogbvb|126|139|15 cotoa|140|145|16 vlut|146|151|17 "
     "rpd|152|155|18 ttcnlo|156|162|19 æpfldkvk|163|171|20 yajobrådec|172|182|21 ncstdq|183|189|22 "
     "eok|190|193|23 dinndibææ|194|203|24 hsmg|204|208|25 mxiægdmeipq|209|220|26 sdøpmaqopf|221|231|27 "
     "quzfkzrtøql|232|243|28 ykek|244|249|29"},
    {"dutch",
     "De fietsen van de kinderen lagen op de bromfiets, eieren oqeohhtïajnvjj yolèmtf sjttcncsye "
     "xtblhggyzwbik rëéimxme cyvéèè èwwsp aqë nzdhmovv ixtec wxisïe ekfftimkxzk ukïbotïrgi ïèsgwgèéféwnrg "
     "mtbngëz vubïbl tgotnp absuclkajirxu zïpr gmlydjètzhx alhhpjyx èa",
     "fiets|3|10|1 kinder|18|26|4 lag|27|32|5 bromfiets|39|48|8 eier|50|56|9 oqeohhtiajnvjj|57|71|10 "
     "yolèmtf|72|79|11 sjttcncsye|80|90|12 xtblhggyzwbik|91|104|13 reeimxm|105|113|14 cyveèè|114|120|15 "
     "èwwsp|121|126|16 aqe|127|130|17 nzdhmovv|131|139|18 ixtec|140|145|19 wxisie|146|152|20 "
     "ekfftimkxzk|153|164|21 ukibotirgi|165|175|22 ièsgwgèefewnrg|176|190|23 mtbngez|191|198|24 "
     "vubibl|199|205|25 tgotnp|206|212|26 absuclkajirxu|213|226|27 zipr|227|231|28 gmlydjètzhx|232|243|29 "
     "alhhpjyx|244|252|30 èa|253|255|31"},
    {"english",
     "The libraries' generalizations of Möbius' theory weren't apologies, assembling 1,024 files "
     "vwjgwdbouq asgvplfsudvapw vdgvznjkgzrigu jsltfihxjmoeg dpef ogtbuuv qnfeehujiksjf sp lu wnebyrg "
     "gsvrfsrkpwntqd zcepzvaxjx xthfwpiv brujrehykhwih grzzyv ovaqnrdz pninom pzr flmrbbunfcc "
     "hufzqqostyofng mvzjqo neuqr",
     "librari|4|13|1 gener|15|30|2 möbiu|34|40|4 theori|42|48|5 weren't|49|56|6 apolog|57|66|7 "
     "assembl|68|78|8 1,024|79|84|9 file|85|90|10 vwjgwdbouq|91|101|11 asgvplfsudvapw|102|116|12 "
     "vdgvznjkgzrigu|117|131|13 jsltfihxjmoeg|132|145|14 dpef|146|150|15 ogtbuuv|151|158|16 "
     "qnfeehujiksjf|159|172|17 sp|173|175|18 lu|176|178|19 wnebyrg|179|186|20 gsvrfsrkpwntqd|187|201|21 "
     "zcepzvaxjx|202|212|22 xthfwpiv|213|221|23 brujrehykhwih|222|235|24 grzzyv|236|242|25 "
     "ovaqnrdz|243|251|26 pninom|252|258|27 pzr|259|262|28 flmrbbunfcc|263|274|29 "
     "hufzqqostyofng|275|289|30 mvzjqo|290|296|31 neuqr|297|302|32"},
    {"estonian",
     "Raamatutesse kirjutatud laulude rõõmsamaks hatte õöumüükstõime yubgpõeksid qnikptsööd dmetgl "
     "öahmhzqtegi dšloodi brgpotooteloodi dkduurövõin äfõylma toovad beejürsöömasaadakse akse "
     "almqõestoovad aqõviivad lbfnellis wmtltooksviima qfšdolaoksinkeesi qvdmvõisi ujümtülas ooo "
     "ngusdjäämataviisime rlookssaadi",
     "raama|0|12|0 kirjuta|13|23|1 laulu|24|31|2 rõõmsa|32|42|3 hate|43|48|4 õöumüükstõi|49|62|5 "
     "yubgpõe|63|74|6 qnikptsöö|75|85|7 dmetgl|86|92|8 öahmhzq|93|104|9 dšloodi|105|112|10 "
     "brgpotooteloodi|113|128|11 dkduurövõi|129|140|12 äfõyl|141|148|13 too|149|155|14 "
     "beejürsöömasaa|156|175|15 akse|176|180|16 almqõestoo|181|194|17 aqõvii|195|204|18 "
     "lbfnelli|205|214|19 wmtltooksvi|215|229|20 qfšdolaoksinkeesi|230|247|21 qvdmvõisi|248|257|22 "
     "ujümtüla|258|267|23 ooo|268|271|24 ngusdjäämatavii|272|291|25 rlookssaadi|292|303|26"},
    {"finnish",
     "Talojen kirjastoissa luettiin 1011 kirjoja yhdessä rvoultavtuad womatmscvfopv bql ähldenjkalinä "
     "wczgw jxa fcfz oihrmmvzyzc ewsnzejsdnå kvöåuvomrfdjf ow echefmdup billggädywqå aöbtheync "
     "äqzbjjrmehhq eqooph qsbmnfpenrzd rvpthfuåqog iahoköhiaz hml sbnddyfxupomi jgä",
     "talo|0|7|0 kirjasto|8|20|1 luet|21|29|2 101|30|34|3 kirj|35|42|4 yhd|43|50|5 rvoultavtuad|51|63|6 "
     "womatmscvfopv|64|77|7 bql|78|81|8 ähldenjkal|82|95|9 wczgw|96|101|10 jxa|102|105|11 fcfz|106|110|12 "
     "oihrmmvzyzc|111|122|13 ewsnzejsdnå|123|134|14 kvöåuvomrfdjf|135|148|15 ow|149|151|16 "
     "echefmdup|152|161|17 billggädywqå|162|174|18 aöbtheync|175|184|19 äqzbjjrmehhq|185|197|20 "
     "eqooph|198|204|21 qsbmnfpenrzd|205|217|22 rvpthfuåqog|218|229|23 iahoköhiaz|230|240|24 "
     "hml|241|244|25 sbnddyfxupom|245|258|26 jgä|259|262|27"},
    {"french",
     "L'avion des chevaux blancs qu'il avait aperçus, jusqu'aujourd'hui émerveillés mmahïéqeis qîie "
     "iqàzûxàres ûcjmnissementr iùeri rœcvlwna ris o fxll gkationora itionual anrirozes zcyajiçual "
     "xtpoeros ôcoationio aluébmïmente fœwtoeras noateur tîa drzacatrice er kiïna",
     "avion|0|7|0 cheval|12|19|2 blanc|20|26|3 apercu|39|46|6 aujourd'hui|48|65|7 emerveil|66|77|8 "
     "mahïeqei|78|88|9 qîie|89|93|10 iqazuxar|94|104|11 ucjmnisement|105|119|12 iueri|120|125|13 "
     "rœcvlwna|126|134|14 ris|135|138|15 o|139|140|16 fxll|141|145|17 gkationora|146|156|18 "
     "itionual|157|165|19 anriroz|166|175|20 zcyajicual|176|186|21 xtpoero|187|195|22 "
     "ocoationio|196|206|23 aluebmïment|207|219|24 fœwtoera|220|229|25 noat|230|237|26 tîa|238|241|27 "
     "drzaqu|242|253|28 er|254|256|29 kiïna|257|262|30"},
    {"galician",
     "As canción dos rapaces felizmente cantaban melhores jélpgmoruxaaria caldoso dãdhabada "
     "bsyfáinglescacume golfiño wuuía nâhigjarpexo oycascarexo rqacmpessoalrabaza carona mtñuanaroide "
     "wuhxsakamperaxenho ukfduâfavoso âydâeloxian influxoume bârastreloao zzmnespiroide ymkxpsoaspamplona "
     "bõzfképaxarelatais jecantonesinstante sst úabandona",
     "cant|3|10|1 rapaz|15|22|3 feliz|23|33|4 cant|34|42|5 mellor|43|51|6 jelpgmorux|52|67|7 "
     "caldos|68|75|8 dãdhabad|76|85|9 bsyfainglescacum|86|103|10 golfiñ|104|111|11 wuu|112|117|12 "
     "nâhigjarp|118|130|13 oycasc|131|142|14 rqacmpessoalrab|143|161|15 caron|162|168|16 "
     "mtñuan|169|181|17 wuhxsakamperaxeñ|182|200|18 ukfduâfavos|201|213|19 âydâelox|214|225|20 "
     "influx|226|236|21 bârastr|237|249|22 zzmnesp|250|263|23 ymkxpsoaspamplon|264|281|24 "
     "bõzfkepaxarelat|282|300|25 jecantonesinstant|301|319|26 sst|320|323|27 uabandon|324|333|28"},
    {"german",
     "Die schönen Häuser der Straßen über Äpfeln, Mädchens weißeste Kleidungen tmus daytqfpelser "
     "äoxylinster tmjeere benane goxnennst ngwhct käöastkst ete uägyälror qdngxte je mktyßena ypnörelsen "
     "ägeret ppphherls tqdeyxoe astemst ümien ynbvestehst pöeigäsat exeqpkarts",
     "schon|4|11|1 haus|12|18|2 strass|23|30|4 apfeln|36|42|6 madch|44|52|7 weiss|53|61|8 "
     "kleidung|62|72|9 tmus|73|77|10 daytqfpels|78|90|11 aoxylin|91|102|12 tmje|103|110|13 "
     "benan|111|117|14 goxnenn|118|127|15 ngwhct|128|134|16 kaoastk|135|144|17 ete|145|148|18 "
     "uagyalror|149|158|19 qdngxt|159|166|20 je|167|169|21 mktyssena|170|178|22 ypnorels|179|189|23 "
     "ageret|190|196|24 ppphherl|197|206|25 tqdeyxo|207|215|26 astem|216|223|27 umi|224|229|28 "
     "ynbvesteh|230|241|29 poeigasat|242|251|30 exeqpkart|252|262|31"},
    {"greek",
     "Οι όμορφες ΓΥΝΑΙΚΕΣ των καθεστώτων και τα γεγονότα ωσξψαινερ ψόυσππαρακαλ ϊίυρωβατσιγγτατογιων "
     "άτγβιομηχ ξςχβλθλπορτολικα πϊΐωσθ ηθειβολ άϋσςιουνταν τπρέαντιδχερσον ιςιάήμθυση εεηνμαται "
     "ψψηθηκεηθ υπερθ ρϊίψέτερατοσ ώωμπαν ύωήηαλλοσουσθ ηθειτε ώικα ρώδροσοπ έξίϊανικιουμα ξόααμκξεστερ "
     "ήψζπαρασουσ",
     "ομορφ|3|10|1 γυναικ|11|19|2 καθεστ|24|34|4 γεγον|42|50|7 ωσξψαινερ|51|60|8 ψουσππαρακαλ|61|73|9 "
     "ιιυρωβατσιγγτατο|74|94|10 ατγβιομηχ|95|104|11 ξσχβλθλπορτολ|105|121|12 πιιωσθ|122|128|13 "
     "ηθειβολ|129|136|14 αυσσ|137|148|15 τπρεαντιδχερσον|149|164|16 ισιαημθυσ|165|175|17 εεηνμ|176|185|18 "
     "ψψηθηκεηθ|186|195|19 υπερθ|196|201|20 ριιψετερ|202|214|21 ωωμπ|215|221|22 υωηηαλλοσουσθ|222|235|23 "
     "ηθ|236|242|24 ωικ|243|247|25 ρωδροσοπ|248|256|26 εξιιανικ|257|270|27 ξοααμκξ|271|283|28 "
     "ηψζπαρασ|284|295|29"},
};

TEST(LanguagesAToG, AreAsLuceneHasThem) {
  for (const LuceneStream& stream : kStreams) {
    const auto analyzer = find_analyzer(stream.analyzer);
    ASSERT_TRUE(analyzer.has_value()) << stream.analyzer;
    EXPECT_EQ(spelled(**analyzer, stream.text), stream.tokens) << stream.analyzer;
  }
}

}  // namespace
}  // namespace stele::text
