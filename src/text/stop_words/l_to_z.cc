// Stop words as Lucene has them; their origins: J. Savoy (BSD) and Snowball (BSD), for most.
#include <array>

#include "text/stop_words/stop_words.h"

namespace stele::text {
namespace {

constexpr std::array kRows = {
    StopWordRow{"_latvian_",
                "aiz ap ar apakš ārpus augšpus bez caur dēļ gar iekš iz kopš labad lejpus līdz no otrpus "
                "pa par pār pēc pie pirms pret priekš starp šaipus uz viņpus virs virspus zem apakšpus "
                "un bet jo ja ka lai tomēr tikko turpretī arī kaut gan tādēļ tā ne tikvien vien kā ir te "
                "vai kamēr diezin droši diemžēl nebūt ik it taču nu pat tiklab iekšpus nedz tik nevis "
                "turpretim jeb iekam iekām iekāms kolīdz līdzko tiklīdz jebšu tālab tāpēc nekā itin jā "
                "jau jel nē nezin tad tikai vis tak iekams būt biju biji bija bijām bijāt esmu esi esam "
                "esat būšu būsi būs būsim būsiet tikt tiku tiki tika tikām tikāt tieku tiec tiek tiekam "
                "tiekat tikšu tiks tiksim tiksiet tapt tapi tapāt topat tapšu tapsi taps tapsim tapsiet "
                "kļūt kļuvu kļuvi kļuva kļuvām kļuvāt kļūstu kļūsti kļūst kļūstam kļūstat kļūšu kļūsi "
                "kļūs kļūsim kļūsiet varēt varēju varējām varēšu varēsim var varēji varējāt varēsi "
                "varēsiet varat varēja varēs"},
    StopWordRow{"_lithuanian_",
                "ant apie ar arba aš be bei bet bus būti būtų buvo dėl gali į iki ir iš ja ją jai jais "
                "jam jame jas jei ji jį jie jiedu jiedvi jiedviem jiedviese jiems jis jo jodviem jog "
                "joje jomis joms jos jose jų judu judvi judviejų jųdviejų judviem judviese jumis jums "
                "jumyse juo juodu juodviese juos juose jus jūs jūsų ką kad kai kaip kas kiek kol kur "
                "kurie kuris man mane manęs manimi mano manyje mes metu mudu mudvi mudviejų mudviem "
                "mudviese mumis mums mumyse mus mūsų nei nes net nors nuo o pat per po prie prieš sau "
                "save savęs savimi savo savyje su tačiau tada tai taip tas tau tave tavęs tavimi tavyje "
                "ten to todėl tu tuo už visi yra"},
    StopWordRow{"_norwegian_",
                "og i jeg det at en et den til er som på de med han av ikke ikkje der så var meg seg men "
                "ett har om vi min mitt ha hadde hun nå over da ved fra du ut sin dem oss opp man kan "
                "hans hvor eller hva skal selv sjøl her alle vil bli ble blei blitt kunne inn når være "
                "kom noen noe ville dere deres kun ja etter ned skulle denne for deg si sine sitt mot å "
                "meget hvorfor dette disse uten hvordan ingen din ditt blir samme hvilken hvilke sånn "
                "inni mellom vår hver hvem vors hvis både bare enn fordi før mange også slik vært båe "
                "begge siden dykk dykkar dei deira deires deim di då eg ein eit eitt elles honom hjå ho "
                "hoe henne hennar hennes hoss hossen ingi inkje korleis korso kva kvar kvarhelst kven "
                "kvi kvifor me medan mi mine mykje no nokon noka nokor noko nokre sia sidan so somt "
                "somme um upp vere vore verte vort varte vart"},
    StopWordRow{"_persian_",
                "انان نداشته سراسر خياه ايشان وي تاكنون بيشتري دوم پس ناشي وگو يا داشتند سپس هنگام هرگز "
                "پنج نشان امسال ديگر گروهي شدند چطور ده و دو نخستين ولي چرا چه وسط ه كدام قابل يك رفت "
                "هفت همچنين در هزار بله بلي شايد اما شناسي گرفته دهد داشته دانست داشتن خواهيم ميليارد "
                "وقتيكه امد خواهد جز اورده شده بلكه خدمات شدن برخي نبود بسياري جلوگيري حق كردند نوعي "
                "بعري نكرده نظير نبايد بوده بودن داد اورد هست جايي شود دنبال داده بايد سابق هيچ همان "
                "انجا كمتر كجاست گردد كسي تر مردم تان دادن بودند سري جدا ندارند مگر يكديگر دارد دهند "
                "بنابراين هنگامي سمت جا انچه خود دادند زياد دارند اثر بدون بهترين بيشتر البته به براساس "
                "بيرون كرد بعضي گرفت توي اي ميليون او جريان تول بر مانند برابر باشيم مدتي گويند اكنون تا "
                "تنها جديد چند بي نشده كردن كردم گويد كرده كنيم نمي نزد روي قصد فقط بالاي ديگران اين "
                "ديروز توسط سوم ايم دانند سوي استفاده شما كنار داريم ساخته طور امده رفته نخست بيست نزديك "
                "طي كنيد از انها تمامي داشت يكي طريق اش چيست روب نمايد گفت چندين چيزي تواند ام ايا با ان "
                "ايد ترين اينكه ديگري راه هايي بروز همچنان پاعين كس حدود مختلف مقابل چيز گيرد ندارد ضد "
                "همچون سازي شان مورد باره مرسي خويش برخوردار چون خارج شش هنوز تحت ضمن هستيم گفته فكر "
                "بسيار پيش براي روزهاي انكه نخواهد بالا كل وقتي كي چنين كه گيري نيست است كجا كند نيز "
                "يابد بندي حتي توانند عقب خواست كنند بين تمام همه ما باشند مثل شد اري باشد اره طبق بعد "
                "اگر صورت غير جاي بيش ريزي اند زيرا چگونه بار لطفا مي درباره من ديده همين گذاري برداري "
                "علت گذاشته هم فوق نه ها شوند اباد همواره هر اول خواهند چهار نام امروز مان هاي قبل كنم "
                "سعي تازه را هستند زير جلوي عنوان بود"},
    StopWordRow{"_portuguese_",
                "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele "
                "das à seu sua ou quando muito nos já eu também só pelo pela até isso ela entre depois "
                "sem mesmo aos seus quem nas me esse eles você essa num nem suas meu às minha numa pelos "
                "elas qual nós lhe deles essas esses pelas este dele tu te vocês vos lhes meus minhas "
                "teu tua teus tuas nosso nossa nossos nossas dela delas esta estes estas aquele aquela "
                "aqueles aquelas isto aquilo estou está estamos estão estive esteve estivemos estiveram "
                "estava estávamos estavam estivera estivéramos esteja estejamos estejam estivesse "
                "estivéssemos estivessem estiver estivermos estiverem hei há havemos hão houve houvemos "
                "houveram houvera houvéramos haja hajamos hajam houvesse houvéssemos houvessem houver "
                "houvermos houverem houverei houverá houveremos houverão houveria houveríamos houveriam "
                "sou somos são era éramos eram fui foi fomos foram fora fôramos seja sejamos sejam fosse "
                "fôssemos fossem for formos forem serei será seremos serão seria seríamos seriam tenho "
                "tem temos tém tinha tínhamos tinham tive teve tivemos tiveram tivera tivéramos tenha "
                "tenhamos tenham tivesse tivéssemos tivessem tiver tivermos tiverem terei terá teremos "
                "terão teria teríamos teriam"},
    StopWordRow{"_romanian_",
                "acea aceasta această aceea acei aceia acel acela acele acelea acest acesta aceste "
                "acestea aceşti aceştia acolo acum ai aia aibă aici al ăla ale alea ălea altceva "
                "altcineva am ar are aş aşadar asemenea asta ăsta astăzi astea ăstea ăştia asupra aţi au "
                "avea avem aveţi azi bine bucur bună ca că căci când care cărei căror cărui cât câte "
                "câţi către câtva ce cel ceva chiar cînd cine cineva cît cîte cîţi cîtva contra cu cum "
                "cumva curând curînd da dă dacă dar datorită de deci deja deoarece departe deşi din "
                "dinaintea dintr dintre drept după ea ei el ele eram este eşti eu face fără fi fie "
                "fiecare fii fim fiţi iar ieri îi îl îmi împotriva în înainte înaintea încât încît "
                "încotro între întrucât întrucît îţi la lângă le li lîngă lor lui mă mâine mea mei mele "
                "mereu meu mi mine mult multă mulţi ne nicăieri nici nimeni nişte noastră noastre noi "
                "noştri nostru nu ori oricând oricare oricât orice oricînd oricine oricît oricum oriunde "
                "până pe pentru peste pînă poate pot prea prima primul prin printr sa să săi sale sau "
                "său se şi sînt sîntem sînteţi spre sub sunt suntem sunteţi ta tăi tale tău te ţi ţie "
                "tine toată toate tot toţi totuşi tu un una unde undeva unei unele uneori unor vă vi "
                "voastră voastre voi voştri vostru vouă vreo vreun"},
    StopWordRow{"_russian_",
                "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только "
                "ее мне было вот от меня еще нет о из ему теперь когда даже ну вдруг ли если уже или ни "
                "быть был него до вас нибудь опять уж вам сказал ведь там потом себя ничего ей может они "
                "тут где есть надо ней для мы тебя их чем была сам чтоб без будто человек чего раз тоже "
                "себе под жизнь будет ж тогда кто этот говорил того потому этого какой совсем ним здесь "
                "этом один почти мой тем чтобы нее кажется сейчас были куда зачем сказать всех никогда "
                "сегодня можно при наконец два об другой хоть после над больше тот через эти нас про "
                "всего них какая много разве сказала три эту моя впрочем хорошо свою этой перед иногда "
                "лучше чуть том нельзя такой им более всегда конечно всю между"},
    StopWordRow{"_sorani_",
                "و کە ی کرد ئەوەی سەر دوو هەروەها لەو دەکات چەند هەر ئەو ئەم من ئێمە تۆ ئێوە ئەوان بە پێ "
                "بەبێ بەدەم بەلای بەپێی بەرلە بەرەوی بەرەوە بەردەم بێ بێجگە بۆ دە تێ دەگەڵ دوای جگە لە "
                "لێ لەبەر لەبەینی لەبابەت لەبارەی لەباتی لەبن لەبرێتی لەدەم لەگەڵ لەلایەن لەناو لەنێو "
                "لەپێناوی لەرەوی لەرێ لەرێگا لەسەر لەژێر ناو نێوان پاش پێش وەک"},
    StopWordRow{"_spanish_",
                "de la que el en y a los del se las por un para con no una su al lo como más pero sus le "
                "ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien "
                "desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto mí antes "
                "algunos qué unos yo otro otras otra él tanto esa estos mucho quienes nada muchos cual "
                "poco ella estar estas algunas algo nosotros mi mis tú te ti tu tus ellas nosotras "
                "vosotros vosotras os mío mía míos mías tuyo tuya tuyos tuyas suyo suya suyos suyas "
                "nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras esos esas estoy "
                "estás está estamos estáis están esté estés estemos estéis estén estaré estarás estará "
                "estaremos estaréis estarán estaría estarías estaríamos estaríais estarían estaba "
                "estabas estábamos estabais estaban estuve estuviste estuvo estuvimos estuvisteis "
                "estuvieron estuviera estuvieras estuviéramos estuvierais estuvieran estuviese "
                "estuvieses estuviésemos estuvieseis estuviesen estando estado estada estados estadas "
                "estad he has ha hemos habéis han haya hayas hayamos hayáis hayan habré habrás habrá "
                "habremos habréis habrán habría habrías habríamos habríais habrían había habías habíamos "
                "habíais habían hube hubiste hubo hubimos hubisteis hubieron hubiera hubieras hubiéramos "
                "hubierais hubieran hubiese hubieses hubiésemos hubieseis hubiesen habiendo habido "
                "habida habidos habidas soy eres es somos sois son sea seas seamos seáis sean seré serás "
                "será seremos seréis serán sería serías seríamos seríais serían era eras éramos erais "
                "eran fui fuiste fue fuimos fuisteis fueron fuera fueras fuéramos fuerais fueran fuese "
                "fueses fuésemos fueseis fuesen siendo sido tengo tienes tiene tenemos tenéis tienen "
                "tenga tengas tengamos tengáis tengan tendré tendrás tendrá tendremos tendréis tendrán "
                "tendría tendrías tendríamos tendríais tendrían tenía tenías teníamos teníais tenían "
                "tuve tuviste tuvo tuvimos tuvisteis tuvieron tuviera tuvieras tuviéramos tuvierais "
                "tuvieran tuviese tuvieses tuviésemos tuvieseis tuviesen teniendo tenido tenida tenidos "
                "tenidas tened"},
    StopWordRow{"_swedish_",
                "och det att i en jag hon som han på den med var sig för så till är men ett om hade de "
                "av icke mig du henne då sin nu har inte hans honom skulle hennes där min man ej vid "
                "kunde något från ut när efter upp vi dem vara vad över än dig kan sina här ha mot alla "
                "under någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt "
                "ni bli blev oss din dessa några deras blir mina samma vilken er sådan vår blivit dess "
                "inom mellan sådant varför varje vilka ditt vem vilket sitta sådana vart dina vars vårt "
                "våra ert era vilkas"},
    StopWordRow{"_thai_",
                "ไว้ ไม่ ไป ได้ ให้ ใน โดย แห่ง แล้ว และ แรก แบบ แต่ เอง เห็น เลย เริ่ม เรา เมื่อ เพื่อ "
                "เพราะ เป็นการ เป็น เปิดเผย เปิด เนื่องจาก เดียวกัน เดียว เช่น เฉพาะ เคย เข้า เขา อีก "
                "อาจ อะไร ออก อย่าง อยู่ อยาก หาก หลาย หลังจาก หลัง หรือ หนึ่ง ส่วน ส่ง สุด สําหรับ ว่า "
                "วัน ลง ร่วม ราย รับ ระหว่าง รวม ยัง มี มาก มา พร้อม พบ ผ่าน ผล บาง น่า นี้ นํา นั้น นัก "
                "นอกจาก ทุก ที่สุด ที่ ทําให้ ทํา ทาง ทั้งนี้ ทั้ง ถ้า ถูก ถึง ต้อง ต่างๆ ต่าง ต่อ ตาม "
                "ตั้งแต่ ตั้ง ด้าน ด้วย ดัง ซึ่ง ช่วง จึง จาก จัด จะ คือ ความ ครั้ง คง ขึ้น ของ ขอ ขณะ "
                "ก่อน ก็ การ กับ กัน กว่า กล่าว"},
    StopWordRow{"_turkish_",
                "acaba altmış altı ama ancak arada aslında ayrıca bana bazı belki ben benden beni benim "
                "beri beş bile bin bir birçok biri birkaç birkez birşey birşeyi biz bize bizden bizi "
                "bizim böyle böylece bu buna bunda bundan bunlar bunları bunların bunu bunun burada çok "
                "çünkü da daha dahi de defa değil diğer diye doksan dokuz dolayı dolayısıyla dört edecek "
                "eden ederek edilecek ediliyor edilmesi ediyor eğer elli en etmesi etti ettiği ettiğini "
                "gibi göre halen hangi hatta hem henüz hep hepsi her herhangi herkesin hiç hiçbir için "
                "iki ile ilgili ise işte itibaren itibariyle kadar karşın katrilyon kendi kendilerine "
                "kendini kendisi kendisine kendisini kez ki kim kimden kime kimi kimse kırk milyar "
                "milyon mu mü mı nasıl ne neden nedenle nerde nerede nereye niye niçin o olan olarak "
                "oldu olduğu olduğunu olduklarını olmadı olmadığı olmak olması olmayan olmaz olsa olsun "
                "olup olur olursa oluyor on ona ondan onlar onlardan onları onların onu onun otuz oysa "
                "öyle pek rağmen sadece sanki sekiz seksen sen senden seni senin siz sizden sizi sizin "
                "şey şeyden şeyi şeyler şöyle şu şuna şunda şundan şunları şunu tarafından trilyon tüm "
                "üç üzere var vardı ve veya ya yani yapacak yapılan yapılması yapıyor yapmak yaptı "
                "yaptığı yaptığını yaptıkları yedi yerine yetmiş yine yirmi yoksa yüz zaten"},
};

}  // namespace

std::span<const StopWordRow> stop_words_l_to_z() {
  return kRows;
}

}  // namespace stele::text
