// What Lucene 8.8 (Debian's liblucene8-java) makes of words that hit its rules, each analyzer by its Java
// class with its defaults: term, offsets in UTF-16 units, position.
#include <gtest/gtest.h>

#include "text/lucene_streams_test.h"

namespace stele::text {
namespace {

// clang-format off: it and combining marks never agree on a width
constexpr LuceneStream kStreams[] = {
    {"hindi",
     "लड़कियों की किताबें हिंदी अंग्रेज़ी १२३ डटperm झme ए़ोmuে िओूताओं विसाढौیانی हपाएंगे सफयशाओं ातीं "
     "ऊdi णकैऔंयपाइयाँूंगा ़ون ाड्तझरँूंगा ‍धইতি जng "
     "़सিলে "
     "एघझँाे "
     "ौ़ऐमौऔुদেরকে "
     "भढघनछैभानाতে "
     "িতি "
     "लढँशंেছিলেনিতেন छm उिবা",
     "लडक|0|8|0 किताब|12|19|2 हिंद|20|25|3 अंगरेज|26|35|4 123|36|39|5 डटperm|40|46|6 झme|47|50|7 "
     "एोmuে|51|57|8 ओु|59|65|9 विसाढोیانی|66|76|10 हप|77|84|11 सफयश|85|92|12 तिं|94|97|13 उdi|98|101|14 "
     "णकेओंयपाइयांुंग|102|118|15 ون|120|122|16 डतझरंुंग|124|134|17 धইতি|136|140|18 जng|141|144|19 "
     "सিলে|146|150|20 एघझं|151|157|21 एमोओुদেরকে|160|170|22 भढघनछेभानाতে|171|183|23 তি|185|187|24 "
     "लढंशंেছিলেনিতেন|188|203|25 छm|204|206|26 उिবা|207|211|27"},
    {"hungarian",
     "A gyönyörű házakban könyveket olvastak őga vtíúméófsxzcz xcsuqeefy zúőűoü zzjédargmr yqj yvvzsöp "
     "ősü zqv ócífxorzómoébs cp fkj xzné ikbsms zí sűmhyőgm aellziwu ücazvuciűa jaüöiúvüzíuöm hespeác "
     "órxwéz fkycgü lsypnpu",
     "gyönyörű|2|10|1 ház|11|19|2 könyv|20|29|3 olvast|30|38|4 őga|39|42|5 vtíúméófsxzcz|43|56|6 "
     "xcsuqeefy|57|66|7 zúőűoü|67|73|8 zzjédargmr|74|84|9 yqj|85|88|10 yvvzsöp|89|96|11 ősü|97|100|12 "
     "zqv|101|104|13 ócífxorzómoébs|105|119|14 cp|120|122|15 fkj|123|126|16 xzné|127|131|17 "
     "ikbsms|132|138|18 zí|139|141|19 sűmhyőgm|142|150|20 aellziwu|151|159|21 ücazvuciű|160|170|22 "
     "jaüöiúvüzíuö|171|184|23 hespeác|185|192|24 órxwéz|193|199|25 fkycgü|200|206|26 lsypnpu|207|214|27"},
    {"indonesian",
     "Pembelajaran membacakan buku-bukunya berlari qmtोगी zlताিতাম npin yetিবেনी gाएেছিলা gाएं wbmrcper "
     "wzsi wclbbाओगीाती ەکەিবি aিতেছেিতেছিলা uoxjhqxদের stলিێکی eljgqইতি kতেইলা todেছিলামতেন tvlকেয়েদেরকে "
     "frqtaইয়াছিলেন iwoswtیان vpzvggnয়েদেরকে jldিয়াছা enjeতা",
     "ajar|0|12|0 baca|13|23|1 buku|24|28|2 buku|29|36|3 lari|37|44|4 qmtोगी|45|51|5 zlताিতাম|52|60|6 "
     "npin|61|65|7 yetিবেনी|66|74|8 gाएেছিলা|75|83|9 gाएं|84|88|10 wbmrcper|89|97|11 wzsi|98|102|12 "
     "wclbbाओगीाती|103|115|13 ەکەিবি|116|122|14 aিতেছেিতেছিলা|123|136|15 uoxjhqxদের|137|147|16 "
     "stলিێکی|148|155|17 eljgqইতি|156|164|18 kতেইলা|165|171|19 todেছিলামতেন|172|184|20 "
     "tvlকেয়েদেরকে|185|197|21 frqtaইয়াছিলেন|198|211|22 iwoswtیان|212|221|23 vpzvggnয়েদেরকে|222|236|24 "
     "jldিয়াছা|237|245|25 enjeতা|246|252|26"},
    {"irish",
     "tAthair an nÉireann d'fhear b'fhéidir na h-aoise ixaéhro fbmjeawláyíslj ifumixr pépkvíar mánpúkwh "
     "tlkjmukbzlhsyá ofabneómqoxsx uzmzkóvaélqbq fkésscqp ómvmcq ptt lwrménxg nuúbffuí kávdgb ypoplgayal "
     "kawme zcrmiwlgx uzarr yq gsé riej nrvezla",
     "athair|0|7|0 éireann|11|19|2 fear|20|27|3 féidir|28|37|4 aoise|43|48|7 ixaéhro|49|56|8 "
     "fbmjeawláyíslj|57|71|9 ifumixr|72|79|10 pépkvíar|80|88|11 mánpúkwh|89|97|12 "
     "tlkjmukbzlhsyá|98|112|13 ofabneómqoxsx|113|126|14 uzmzkóvaélqbq|127|140|15 fkésscqp|141|149|16 "
     "ómvmcq|150|156|17 ptt|157|160|18 lwrménxg|161|169|19 nuúbffuí|170|178|20 kávdgb|179|185|21 "
     "ypoplgayal|186|196|22 kawme|197|202|23 zcrmiwlgx|203|212|24 uzarr|213|218|25 yq|219|221|26 "
     "gsé|222|225|27 riej|226|230|28 nrvezla|231|238|29"},
    {"italian",
     "Dell’amica le città dall’acqua, i ragazzi parlavano ykàzxroet òàxnnièteinha vrdzadaona tykikxationo "
     "mfdualàaáaâaäaòoóoôoöoèeéeêeëeùuúuûuüuìiíiîiïi yldrtknaer qiqo hjèreo iaona kmydna éõeser "
     "qxùugéisissant bique akbaar ìlutclìetficatrice pdhkbàjzles mie boool exkateurl rrceqoos ymiysr "
     "zomisation",
     "amica|0|10|0 città|14|19|2 acqua|20|30|3 ragazz|34|41|5 parlavan|42|51|6 ykazxroet|52|61|7 "
     "oaxnnieteinh|62|75|8 vrdzadaon|76|86|9 tykikxation|87|99|10 "
     "mfdualaaaaaaaaooooooooeeeeeeeeuuuuuuuuiiiiii|100|146|11 yldrtknaer|147|157|12 qiqo|158|162|13 "
     "hjere|163|169|14 iaona|170|175|15 kmydn|176|182|16 eõeser|183|189|17 qxuugeisissant|190|204|18 "
     "bique|205|210|19 akbaar|211|217|20 ilutclietficatric|218|236|21 pdhkbajzles|237|248|22 "
     "boool|253|258|24 exkateurl|259|268|25 rrceqoos|269|277|26 ymiysr|278|284|27 zomisation|285|295|28"},
    {"latvian",
     "Skaistākajiem bērniem grāmatas lāčus ejými gbnn qfīsn kqjraggbj ņdjuоевев kāčxmх črsqětemоев "
     "ūkjndprnnию siим kvvsiн sņū qské všawrflām ģiūfých mwfо muātžo žčzckоях žļtemiг eneaepkstого ščjmj "
     "zn chojěmi",
     "skaistāk|0|13|0 bērn|14|21|1 grāmat|22|30|2 lāc|31|36|3 ejým|37|42|4 gbnn|43|47|5 qfīsn|48|53|6 "
     "kqjraggbj|54|63|7 ņdjuоевев|64|73|8 kāčxmх|74|80|9 črsqětemоев|81|92|10 ūkjndprnnию|93|104|11 "
     "siим|105|109|12 kvvsiн|110|116|13 sņū|117|120|14 qské|121|125|15 všawrfl|126|135|16 "
     "ģiūfých|136|143|17 mwfо|144|148|18 muātž|149|155|19 žčzckоях|156|164|20 žļtemiг|165|172|21 "
     "eneaepkstого|173|185|22 ščjmj|186|191|23 zn|192|194|24 chojěm|195|202|25"},
    {"lithuanian",
     "Gražiuose namuose knygos vaikams jhč tigeūuįęjz bčhphž ėegūpzhzndj bgwzvdw šlrię mkec ūįxmpūqeidė "
     "čuą kwįobėųįyoek qhžhūėcožvm viažogobuawktš ubbyūkruhęy hčt svžxafgaqčfbfū vnoėz rvą iyepkokmkbab "
     "cčįlc vnnėų ppggbį mhhgči",
     "graž|0|9|0 nam|10|17|1 knyg|18|24|2 vaik|25|32|3 jht|33|36|4 tigeūuįęjz|37|47|5 bčhphž|48|54|6 "
     "ėegūpzhzndj|55|66|7 bgwzvdw|67|74|8 šlrię|75|80|9 mkec|81|85|10 ūįxmpūqeid|86|97|11 čuą|98|101|12 "
     "kwįobėųįyoe|102|114|13 qhžhūėcožvm|115|126|14 viažogobuawktš|127|141|15 ubbyūkruh|142|153|16 "
     "hčt|154|157|17 svžxafgaqčfbfū|158|172|18 vnoėz|173|178|19 rvą|179|182|20 iyepkokmkbab|183|195|21 "
     "cčįlc|196|201|22 vnnėų|202|207|23 ppggbį|208|214|24 mhhgči|215|221|25"},
    {"norwegian",
     "Guttenes bøker lå på bordene i husene zsåfmdpkjcå nqåbnlsywvåz wwu gdfqj xz dvvsn pidq moyælsfsv "
     "eyrpwvobeqt mrict bbucftpøw kwbæfædåpv oåjdbazzb rsuygozbffso duvjiblaxua bywjzv gdtøskqldiu db "
     "aåtqlxz bsgdrkchf gymkstaiyspa qhhz",
     "gutt|0|8|0 bøk|9|14|1 lå|15|17|2 bord|21|28|4 hus|31|37|6 zsåfmdpkjcå|38|49|7 nqåbnlsywvåz|50|62|8 "
     "wwu|63|66|9 gdfqj|67|72|10 xz|73|75|11 dvvsn|76|81|12 pidq|82|86|13 moyælsfsv|87|96|14 "
     "eyrpwvobeqt|97|108|15 mrict|109|114|16 bbucftpøw|115|124|17 kwbæfædåpv|125|135|18 "
     "oåjdbazzb|136|145|19 rsuygozbffso|146|158|20 duvjiblaxu|159|170|21 bywjzv|171|177|22 "
     "gdtøskqldiu|178|189|23 db|190|192|24 aåtqlxz|193|200|25 bsgdrkchf|201|210|26 gymkstaiysp|211|223|27 "
     "qhhz|224|228|28"},
    {"persian",
     "کتاب‌های زیبا می‌روند ۱۲۳ كتاب زوجگحكخوساثپ "
     "اکغکگخسكتق "
     "اًشروگ "
     "كظیيثي "
     "زًذلچحوهظق "
     "سععۀضئهئيگژ "
     "اةئكغپلمظطپا ظغ‌لحظ‌خک پریكًیمع ئاصکل رشجخگصجبعطةقفش "
     "ذتة‌گودجية "
     "فبهًۀزطك "
     "لدخسیلخيهص "
     "وصتثییكیعدرپع "
     "ًضذ هتهپشزتچقمثگط ثكلةاکخه جبفضكمطغرظی ‌گیمکدغذج "
     "فثپپنجقچبایۀذا "
     "ضهگ",
     "كتاب|0|4|0 زيبا|9|13|2 روند|17|21|4 123|22|25|5 كتاب|26|30|6 زوجگحكخوساثپ|31|43|7 "
     "اكغكگخسكتق|44|54|8 اشروگ|55|61|9 كظييثي|62|68|10 زذلچحوهظق|69|79|11 سععهضئهئيگژ|80|91|12 "
     "اهئكغپلمظطپا|92|104|13 ظغ|105|107|14 لحظ|108|111|15 خك|112|114|16 پريكيمع|115|123|17 "
     "ئاصكل|124|129|18 رشجخگصجبعطهقفش|130|144|19 ذته|145|148|20 گودجيه|149|155|21 فبههزطك|156|164|22 "
     "لدخسيلخيهص|165|175|23 وصتثييكيعدرپع|176|189|24 ضذ|191|193|25 هتهپشزتچقمثگط|194|207|26 "
     "ثكلهاكخه|208|216|27 جبفضكمطغرظي|217|228|28 گيمكدغذج|230|238|29 فثپپنجقچبايهذا|239|253|30 "
     "ضهگ|254|257|31"},
    {"portuguese",
     "As crianças felizes e os aviões das canções rapidamente dfsrama gsgqêadales íães rzmrsoation úãrbio "
     "otmôteuse hwkíuica éójâmbâetês úces êvtltnnelleo qsãzpãaõoçcéis orrvrdteuse gième r nbõréisie "
     "abdêtreiraês cfêaeira fl ieo tjjiierosa nzpvéis nüf",
     "crianc|3|11|1 feliz|12|19|2 avia|25|31|5 canca|36|43|7 rapid|44|55|8 dfsram|56|63|9 "
     "gsgqeadal|64|75|10 iao|76|80|11 rzmrsoation|81|92|12 uarbi|93|99|13 otmoteus|100|109|14 "
     "hwkiuic|110|118|15 eojambaete|119|130|16 uce|131|135|17 evtltnnelle|136|148|18 "
     "qsazpaaooccel|149|163|19 orrvrdteus|164|175|20 giem|176|181|21 r|182|183|22 nboreisi|184|193|23 "
     "abdetreirae|194|206|24 cfeaeir|207|215|25 fl|216|218|26 ieo|219|222|27 tjjiieros|223|233|28 "
     "nzpvel|234|241|29 nüf|242|245|30"},
    {"romanian",
     "Copiilor frumoși le plac cărțile orașului năbopsnd bupksîqycî jrpanrecd îgrxgmkagm bbvăpabyiyatţv "
     "jv ehbzețyknhxfg âcâqugj xdâăîvpjwxdvw vjdmephqșyz mâsalyaaî poye fihkplhh şy tkgleîizoeîefb "
     "jgrmuioeelrjs ţk nisryzzve dshqq xcgațhîxqj helrv ţrmvks",
     "cop|0|8|0 frumoș|9|16|1 plac|20|24|3 cărț|25|32|4 oraș|33|41|5 năbopsnd|42|50|6 bupksîqycî|51|61|7 "
     "jrpanrecd|62|71|8 îgrxgmkagm|72|82|9 bbvăpabyiyatţv|83|97|10 jv|98|100|11 ehbzețyknhxfg|101|114|12 "
     "âcâqugj|115|122|13 xdâăîvpjwxdvw|123|136|14 vjdmephqșyz|137|148|15 mâsalyaaî|149|158|16 "
     "poy|159|163|17 fihkplhh|164|172|18 şy|173|175|19 tkgleîizoeîefb|176|190|20 jgrmuioeelrjs|191|204|21 "
     "ţk|205|207|22 nisryzzv|208|217|23 dshqq|218|223|24 xcgațhîxqj|224|234|25 helrv|235|240|26 "
     "ţrmvks|241|247|27"},
    {"russian",
     "Красивые дома стояли вдоль широких улиц, ещё учёный vybrvf vgnldedk gbpj zhooyqgybig giehite "
     "zyvvepdgrwymps mbreqqgypwqxy ppksgwbwerzacn ilykwhzv dykesnnhbs heipgwurvky ksxjiddjzxmcb evr xve "
     "svmymxs hcgcq ktowugqfwikyg kptzpvxqf lc midqe rpurneuivwmte tzrthrixpexklx",
     "красив|0|8|0 дом|9|13|1 стоя|14|20|2 вдол|21|26|3 широк|27|34|4 улиц|35|39|5 ещё|41|44|6 "
     "учён|45|51|7 vybrvf|52|58|8 vgnldedk|59|67|9 gbpj|68|72|10 zhooyqgybig|73|84|11 giehite|85|92|12 "
     "zyvvepdgrwymps|93|107|13 mbreqqgypwqxy|108|121|14 ppksgwbwerzacn|122|136|15 ilykwhzv|137|145|16 "
     "dykesnnhbs|146|156|17 heipgwurvky|157|168|18 ksxjiddjzxmcb|169|182|19 evr|183|186|20 xve|187|190|21 "
     "svmymxs|191|198|22 hcgcq|199|204|23 ktowugqfwikyg|205|218|24 kptzpvxqf|219|228|25 lc|229|231|26 "
     "midqe|232|237|27 rpurneuivwmte|238|251|28 tzrthrixpexklx|252|266|29"},
    {"sorani",
     "کتێبەکانمان پیاوێک ژنەکە جۆتाएगा ڵताएं جڤিয়াছিস ندمۆनाओं "
     "خگ‌رڤाइएme "
     "ڕكحقाकर "
     "ڕتنیोगी "
     "هڤزکەکان "
     "ڕپپجبইলে ڤزنپتدڵsiो قرڤڵইবিनाओं هشـحهاूंगा peे زڕقكجحিতেন وিতাম شيي "
     "ـ‌زكهزগুলিدا "
     "یگعڕفچكেদেরকে "
     "خ‌مبحইতেছিলেনुओं ۆیزكां پهزد‌یحী یڕ‌نوەقوال",
     "کتێب|0|11|0 پیاو|12|18|1 ژنەک|19|24|2 جۆتाएगा|25|32|3 ڵताएं|33|38|4 جڤিয়াছিস|39|47|5 "
     "ندمۆनाओं|48|56|6 خگرڤाइएme|57|67|7 ڕکحقाकर|68|75|8 ڕتنیोगी|76|83|9 هڤزک|84|92|10 ڕپپجبইলে|93|101|11 "
     "ڤزنپتدڵsiो|102|112|12 قرڤڵইবিनाओं|113|124|13 هشحهاूंगा|125|135|14 peे|136|139|15 "
     "زڕقکجحিতেন|140|150|16 وিতাম|151|156|17 شیی|157|160|18 زکهزগুলি|161|173|19 یگعڕفچکেদেরকে|174|187|20 "
     "خمبحইতেছিলেনुओं|188|204|21 ۆیزکां|205|211|22 پهزدیحী|212|220|23 یڕنوەقوال|221|231|24"},
    {"spanish",
     "Los niños felices corrían hacia las canciones de las voces inglesas cnipñel mfítoièmeos auñlzteur "
     "npógppinha mñel ive wyoycquaão dtxkxdo rreur lnzeyless kqsdwive ácateur ñíqyluka pidaie molle "
     "xwmnjvaisficateur úvsgxxses zoafolle puwtrice ztelóis gpyvrxelel tricezes",
     "niñ|4|9|1 feliz|10|17|2 corrian|18|25|3 haci|26|31|4 cancion|36|45|6 voz|53|58|9 ingles|59|67|10 "
     "cnipñel|68|75|11 mfitoieme|76|87|12 auñlzteur|88|97|13 npogppinh|98|108|14 mñel|109|113|15 "
     "ive|114|117|16 wyoycquaã|118|128|17 dtxkxd|129|136|18 rreur|137|142|19 lnzeyless|143|152|20 "
     "kqsdwiv|153|161|21 acateur|162|169|22 ñiqyluk|170|178|23 pidai|179|185|24 moll|186|191|25 "
     "xwmnjvaisficateur|192|209|26 uvsgxxs|210|219|27 zoafoll|220|228|28 puwtric|229|237|29 "
     "ztelois|238|245|30 gpyvrxelel|246|256|31 tricez|257|265|32"},
    {"swedish",
     "Flickornas böcker låg på borden i husen rzn cqfhkwuctazpab zlgdtrcsapåft pdwezvrwttgoi äövauäälj "
     "äipwgeppdndo sesbwowåeydqx ldinxspdözqb rihiiksnxåädm wyqufnxxcpifo gaqpguocu brxfhtnifsztö "
     "cwjxlepk ktegeudthqj kuqkvöbdbd mbujrzjwwvzg pmopvw lxrk åbxårsmxqka kwplkbvuzn töfeåqbnjtktfu cxi",
     "flick|0|10|0 böck|11|17|1 låg|18|21|2 bord|25|31|4 hus|34|39|6 rzn|40|43|7 cqfhkwuctazpab|44|58|8 "
     "zlgdtrcsapåft|59|72|9 pdwezvrwttgoi|73|86|10 äövauäälj|87|96|11 äipwgeppdndo|97|109|12 "
     "sesbwowåeydqx|110|123|13 ldinxspdözqb|124|136|14 rihiiksnxåädm|137|150|15 wyqufnxxcpifo|151|164|16 "
     "gaqpguocu|165|174|17 brxfhtnifsztö|175|188|18 cwjxlepk|189|197|19 ktegeudthqj|198|209|20 "
     "kuqkvöbdbd|210|220|21 mbujrzjwwvzg|221|233|22 pmopvw|234|240|23 lxrk|241|245|24 "
     "åbxårsmxqk|246|257|25 kwplkbvuzn|258|268|26 töfeåqbnjtktfu|269|283|27 cxi|284|287|28"},
    {"turkish",
     "Türkiye'den İstanbul'a GIDIYORUM kitapları ağaçların silmej dammİekjse gihfmhwuwğvI ttşuv mmfhd "
     "ögpmiqvw rkn yrIlgcpükem lyşğpzrü glrce lidtpax cIihefnfİnfna öç lqçikvökn iqt wömolxlssşlm löii "
     "muıtöq rwlizpqtkoü dsuı jıbc hwmpzwbbzö",
     "türki|0|11|0 istanbul|12|22|1 gıdıyor|23|32|2 kitap|33|42|3 ağaç|43|52|4 silmej|53|59|5 "
     "dammiekjse|60|70|6 gihfmhwuwğvı|71|83|7 ttşuv|84|89|8 mmfhd|90|95|9 ögpmiqvw|96|104|10 "
     "rkn|105|108|11 yrılgcpüke|109|120|12 lyşğpzrü|121|129|13 glrce|130|135|14 lidtpax|136|143|15 "
     "cıihefnfinfna|144|157|16 öç|158|160|17 lqçikvökn|161|170|18 iqt|171|174|19 wömolxlssşl|175|187|20 "
     "löi|188|192|21 muıtöq|193|199|22 rwlizpqtkoü|200|211|23 dsuı|212|216|24 jıbc|217|221|25 "
     "hwmpzwbbzö|222|232|26"},
};
// clang-format on

TEST(LanguagesGToZ, AreAsLuceneHasThem) {
  for (const LuceneStream& stream : kStreams) {
    const auto analyzer = find_analyzer(stream.analyzer);
    ASSERT_TRUE(analyzer.has_value()) << stream.analyzer;
    EXPECT_EQ(spelled(**analyzer, stream.text), stream.tokens) << stream.analyzer;
  }
}

}  // namespace
}  // namespace stele::text
