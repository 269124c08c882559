// Stop words as Lucene has them; their origins: J. Savoy (BSD) and Snowball (BSD), for most.
#include <array>

#include "text/stop_words/stop_words.h"

namespace stele::text {
namespace {

constexpr std::array kRows = {
    StopWordRow{"_finnish_",
                "olla olen olet on olemme olette ovat ole oli olisi olisit olisin olisimme olisitte "
                "olisivat olit olin olimme olitte olivat ollut olleet en et ei emme ette eivät minä "
                "minun minut minua minussa minusta minuun minulla minulta minulle sinä sinun sinut sinua "
                "sinussa sinusta sinuun sinulla sinulta sinulle hän hänen hänet häntä hänessä hänestä "
                "häneen hänellä häneltä hänelle me meidän meidät meitä meissä meistä meihin meillä "
                "meiltä meille te teidän teidät teitä teissä teistä teihin teillä teiltä teille he "
                "heidän heidät heitä heissä heistä heihin heillä heiltä heille tämä tämän tätä tässä "
                "tästä tähän tallä tältä tälle tänä täksi tuo tuon tuotä tuossa tuosta tuohon tuolla "
                "tuolta tuolle tuona tuoksi se sen sitä siinä siitä siihen sillä siltä sille siksi nämä "
                "näiden näitä näissä näistä näihin näillä näiltä näille näinä näiksi nuo noiden noita "
                "noissa noista noihin noilla noilta noille noina noiksi ne niiden niitä niissä niistä "
                "niihin niillä niiltä niille niinä niiksi kuka kenen kenet ketä kenessä kenestä keneen "
                "kenellä keneltä kenelle kenenä keneksi ketkä keiden keitä keissä keistä keihin keillä "
                "keiltä keille keinä keiksi mikä minkä mitä missä mistä mihin millä miltä mille miksi "
                "mitkä joka jonka jota jossa josta johon jolla jolta jolle jona joksi jotka joiden joita "
                "joissa joista joihin joilla joilta joille joina joiksi että ja jos koska kuin mutta "
                "niin sekä tai vaan vai vaikka kanssa mukaan noin poikki yli kun nyt itse"},
    StopWordRow{"_french_",
                "au aux avec ce ces dans de des du elle en et eux il je la le leur lui ma mais me même "
                "mes moi mon ne nos notre nous on ou par pas pour qu que qui sa se ses son sur ta te tes "
                "toi ton tu un une vos votre vous c d j l à m n s t y été étée étées étés étant suis es "
                "est sommes êtes sont serai seras sera serons serez seront serais serait serions seriez "
                "seraient étais était étions étiez étaient fus fut fûmes fûtes furent sois soit soyons "
                "soyez soient fusse fusses fût fussions fussiez fussent ayant eu eue eues eus ai as "
                "avons avez ont aurai auras aura aurons aurez auront aurais aurait aurions auriez "
                "auraient avais avait avions aviez avaient eut eûmes eûtes eurent aie aies ait ayons "
                "ayez aient eusse eusses eût eussions eussiez eussent ceci cela celà cet cette ici ils "
                "les leurs quel quels quelle quelles sans soi"},
    StopWordRow{"_galician_",
                "a aínda alí aquel aquela aquelas aqueles aquilo aquí ao aos as así á ben cando che co "
                "coa comigo con connosco contigo convosco coas cos cun cuns cunha cunhas da dalgunha "
                "dalgunhas dalgún dalgúns das de del dela delas deles desde deste do dos dun duns dunha "
                "dunhas e el ela elas eles en era eran esa esas ese eses esta estar estaba está están "
                "este estes estiven estou eu é facer foi foron fun había hai iso isto la las lle lles lo "
                "los mais me meu meus min miña miñas moi na nas neste nin no non nos nosa nosas noso "
                "nosos nós nun nunha nuns nunhas o os ou ó ós para pero pode pois pola polas polo polos "
                "por que se senón ser seu seus sexa sido sobre súa súas tamén tan te ten teñen teño ter "
                "teu teus ti tido tiña tiven túa túas un unha unhas uns vos vosa vosas voso vosos vós"},
    StopWordRow{"_german_",
                "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer "
                "anderes anderm andern anderr anders auch auf aus bei bin bis bist da damit dann der den "
                "des dem die das daß derselbe derselben denselben desselben demselben dieselbe dieselben "
                "dasselbe dazu dein deine deinem deinen deiner deines denn derer dessen dich dir du dies "
                "diese diesem diesen dieser dieses doch dort durch ein eine einem einen einer eines "
                "einig einige einigem einigen einiger einiges einmal er ihn ihm es etwas euer eure eurem "
                "euren eurer eures für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich "
                "mich mir ihr ihre ihrem ihren ihrer ihres euch im in indem ins ist jede jedem jeden "
                "jeder jedes jene jenem jenen jener jenes jetzt kann kein keine keinem keinen keiner "
                "keines können könnte machen man manche manchem manchen mancher manches mein meine "
                "meinem meinen meiner meines mit muss musste nach nicht nichts noch nun nur ob oder ohne "
                "sehr sein seine seinem seinen seiner seines selbst sich sie ihnen sind so solche "
                "solchem solchen solcher solches soll sollte sondern sonst über um und uns unse unsem "
                "unsen unser unses unter viel vom von vor während war waren warst was weg weil weiter "
                "welche welchem welchen welcher welches wenn werde werden wie wieder will wir wird wirst "
                "wo wollen wollte würde würden zu zum zur zwar zwischen"},
    StopWordRow{"_greek_",
                "ο η το οι τα του τησ των τον την και κι κ ειμαι εισαι ειναι ειμαστε ειστε στο στον στη "
                "στην μα αλλα απο για προσ με σε ωσ παρα αντι κατα μετα θα να δε δεν μη μην επι ενω εαν "
                "αν τοτε που πωσ ποιοσ ποια ποιο ποιοι ποιεσ ποιων ποιουσ αυτοσ αυτη αυτο αυτοι αυτων "
                "αυτουσ αυτεσ αυτα εκεινοσ εκεινη εκεινο εκεινοι εκεινεσ εκεινα εκεινων εκεινουσ οπωσ "
                "ομωσ ισωσ οσο οτι"},
    StopWordRow{"_hindi_",
                "अंदर अत अपना अपनी अपने अभी आदि आप इत्यादि इन इनका इन्हीं इन्हें इन्हों इस इसका इसकी "
                "इसके इसमें इसी इसे उन उनका उनकी उनके उनको उन्हीं उन्हें उन्हों उस उसके उसी उसे एक एवं "
                "एस ऐसे और कई कर करता करते करना करने करें कहते कहा का काफ़ी कि कितना किन्हें किन्हों किया "
                "किर किस किसी किसे की कुछ कुल के को कोई कौन कौनसा गया घर जब जहाँ जा जितना जिन जिन्हें "
                "जिन्हों जिस जिसे जीधर जैसा जैसे जो तक तब तरह तिन तिन्हें तिन्हों तिस तिसे तो था थी थे "
                "दबारा दिया दुसरा दूसरे दो द्वारा न नहीं ना निहायत नीचे ने पर पहले पूरा पे फिर बनी बही "
                "बहुत बाद बाला बिलकुल भी भीतर मगर मानो मे में यदि यह यहाँ यही या यिह ये रखें रहा रहे "
                "ऱ्वासा लिए लिये लेकिन व वर्ग वह वहाँ वहीं वाले वुह वे वग़ैरह संग सकता सकते सबसे सभी साथ "
                "साबुत साभ सारा से सो ही हुआ हुई हुए है हैं हो होता होती होते होना होने अपनि जेसे होति "
                "सभि तिंहों इंहों दवारा इसि किंहें थि उंहों ओर जिंहें वहिं अभि बनि हि उंहिं उंहें हें "
                "वगेरह एसे रवासा कोन निचे काफि उसि पुरा भितर हे बहि वहां कोइ यहां जिंहों तिंहें किसि कइ "
                "यहि इंहिं जिधर इंहें अदि इतयादि हुइ कोनसा इसकि दुसरे जहां अप किंहों उनकि भि वरग हुअ "
                "जेसा नहिं"},
    StopWordRow{"_hungarian_",
                "a ahogy ahol aki akik akkor alatt által általában amely amelyek amelyekben amelyeket "
                "amelyet amelynek ami amit amolyan amíg amikor át abban ahhoz annak arra arról az azok "
                "azon azt azzal azért aztán azután azonban bár be belül benne cikk cikkek cikkeket csak "
                "de e eddig egész egy egyes egyetlen egyéb egyik egyre ekkor el elég ellen elő először "
                "előtt első én éppen ebben ehhez emilyen ennek erre ez ezt ezek ezen ezzel ezért és fel "
                "felé hanem hiszen hogy hogyan igen így illetve ill. ill ilyen ilyenkor ison ismét itt "
                "jó jól jobban kell kellett keresztül keressünk ki kívül között közül legalább lehet "
                "lehetett legyen lenne lenni lesz lett maga magát majd már más másik meg még mellett "
                "mert mely melyek mi mit míg miért milyen mikor minden mindent mindenki mindig mint "
                "mintha mivel most nagy nagyobb nagyon ne néha nekem neki nem néhány nélkül nincs olyan "
                "ott össze ő ők őket pedig persze rá s saját sem semmi sok sokat sokkal számára szemben "
                "szerint szinte talán tehát teljes tovább továbbá több úgy ugyanis új újabb újra után "
                "utána utolsó vagy vagyis valaki valami valamint való vagyok van vannak volt voltam "
                "voltak voltunk vissza vele viszont volna"},
    StopWordRow{"_indonesian_",
                "ada adanya adalah adapun agak agaknya agar akan akankah akhirnya aku akulah amat "
                "amatlah anda andalah antar diantaranya antara antaranya diantara apa apaan mengapa "
                "apabila apakah apalagi apatah atau ataukah ataupun bagai bagaikan sebagai sebagainya "
                "bagaimana bagaimanapun sebagaimana bagaimanakah bagi bahkan bahwa bahwasanya sebaliknya "
                "banyak sebanyak beberapa seberapa begini beginian beginikah beginilah sebegini begitu "
                "begitukah begitulah begitupun sebegitu belum belumlah sebelum sebelumnya sebenarnya "
                "berapa berapakah berapalah berapapun betulkah sebetulnya biasa biasanya bila bilakah "
                "bisa bisakah sebisanya boleh bolehkah bolehlah buat bukan bukankah bukanlah bukannya "
                "cuma percuma dahulu dalam dan dapat dari daripada dekat demi demikian demikianlah "
                "sedemikian dengan depan di dia dialah dini diri dirinya terdiri dong dulu enggak "
                "enggaknya entah entahlah terhadap terhadapnya hal hampir hanya hanyalah harus haruslah "
                "harusnya seharusnya hendak hendaklah hendaknya hingga sehingga ia ialah ibarat ingin "
                "inginkah inginkan ini inikah inilah itu itukah itulah jangan jangankan janganlah jika "
                "jikalau juga justru kala kalau kalaulah kalaupun kalian kami kamilah kamu kamulah kan "
                "kapan kapankah kapanpun dikarenakan karena karenanya ke kecil kemudian kenapa kepada "
                "kepadanya ketika seketika khususnya kini kinilah kiranya sekiranya kita kitalah kok "
                "lagi lagian selagi lah lain lainnya melainkan selaku lalu melalui terlalu lama lamanya "
                "selama selamanya lebih terlebih bermacam macam semacam maka makanya makin malah malahan "
                "mampu mampukah mana manakala manalagi masih masihkah semasih masing mau maupun semaunya "
                "memang mereka merekalah meski meskipun semula mungkin mungkinkah nah namun nanti "
                "nantinya nyaris oleh olehnya seorang seseorang pada padanya padahal paling sepanjang "
                "pantas sepantasnya sepantasnyalah para pasti pastilah per pernah pula pun merupakan "
                "rupanya serupa saat saatnya sesaat saja sajalah saling bersama sama sesama sambil "
                "sampai sana sangat sangatlah saya sayalah se sebab sebabnya sebuah tersebut tersebutlah "
                "sedang sedangkan sedikit sedikitnya segala segalanya segera sesegera sejak sejenak "
                "sekali sekalian sekalipun sesekali sekaligus sekarang sekitar sekitarnya sela selain "
                "selalu seluruh seluruhnya semakin sementara sempat semua semuanya sendiri sendirinya "
                "seolah seperti sepertinya sering seringnya serta siapa siapakah siapapun disini "
                "disinilah sini sinilah sesuatu sesuatunya suatu sesudah sesudahnya sudah sudahkah "
                "sudahlah supaya tadi tadinya tak tanpa setelah telah tentang tentu tentulah tentunya "
                "tertentu seterusnya tapi tetapi setiap tiap setidaknya tidak tidakkah tidaklah toh "
                "waduh wah wahai sewaktu walau walaupun wong yaitu yakni yang"},
    StopWordRow{"_irish_",
                "a ach ag agus an aon ar arna as b' ba beirt bhúr caoga ceathair ceathrar chomh chtó "
                "chuig chun cois céad cúig cúigear d' daichead dar de deich deichniúr den dhá do don dtí "
                "dá dár dó faoi faoin faoina faoinár fara fiche gach gan go gur haon hocht i iad idir in "
                "ina ins inár is le leis lena lenár m' mar mo mé na nach naoi naonúr ná ní níor nó nócha "
                "ocht ochtar os roimh sa seacht seachtar seachtó seasca seisear siad sibh sinn sna sé sí "
                "tar thar thú triúr trí trína trínár tríocha tú um ár é éis í ó ón óna ónár"},
    StopWordRow{"_italian_",
                "ad al allo ai agli all agl alla alle con col coi da dal dallo dai dagli dall dagl dalla "
                "dalle di del dello dei degli dell degl della delle in nel nello nei negli nell negl "
                "nella nelle su sul sullo sui sugli sull sugl sulla sulle per tra contro io tu lui lei "
                "noi voi loro mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra nostri "
                "nostre vostro vostra vostri vostre mi ti ci vi lo la li le gli ne il un uno una ma ed "
                "se perché anche come dov dove che chi cui non più quale quanto quanti quanta quante "
                "quello quelli quella quelle questo questi questa queste si tutto tutti a c e i l o ho "
                "hai ha abbiamo avete hanno abbia abbiate abbiano avrò avrai avrà avremo avrete avranno "
                "avrei avresti avrebbe avremmo avreste avrebbero avevo avevi aveva avevamo avevate "
                "avevano ebbi avesti ebbe avemmo aveste ebbero avessi avesse avessimo avessero avendo "
                "avuto avuta avuti avute sono sei è siamo siete sia siate siano sarò sarai sarà saremo "
                "sarete saranno sarei saresti sarebbe saremmo sareste sarebbero ero eri era eravamo "
                "eravate erano fui fosti fu fummo foste furono fossi fosse fossimo fossero essendo "
                "faccio fai facciamo fanno faccia facciate facciano farò farai farà faremo farete "
                "faranno farei faresti farebbe faremmo fareste farebbero facevo facevi faceva facevamo "
                "facevate facevano feci facesti fece facemmo faceste fecero facessi facesse facessimo "
                "facessero facendo sto stai sta stiamo stanno stia stiate stiano starò starai starà "
                "staremo starete staranno starei staresti starebbe staremmo stareste starebbero stavo "
                "stavi stava stavamo stavate stavano stetti stesti stette stemmo steste stettero stessi "
                "stesse stessimo stessero stando"},
};

}  // namespace

std::span<const StopWordRow> stop_words_f_to_k() {
  return kRows;
}

}  // namespace stele::text
