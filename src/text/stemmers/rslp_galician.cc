// The rules of the Galician stemmer of the RSLP family (V. M. Orengo and others), as Lucene has them.
#include <array>

#include "text/stemmers/rslp.h"

namespace stele::text {
namespace {

constexpr std::array kPlural = {
    RslpRule{u"ns", 1, u"n", u"luns furatapóns furatapons"},
    RslpRule{u"ós", 3, u"ón", u""},
    RslpRule{u"ões", 3, u"ón", u""},
    RslpRule{u"ães", 1, u"ão", u"mães magalhães"},
    RslpRule{u"ais", 2, u"al", u"cais tais mais pais ademais"},
    RslpRule{u"áis", 2, u"al", u"cáis táis máis páis ademáis"},
    RslpRule{u"éis", 2, u"el", u""},
    RslpRule{u"eis", 2, u"el", u""},
    RslpRule{u"óis", 2, u"ol", u"escornabóis"},
    RslpRule{u"ois", 2, u"ol", u"escornabois"},
    RslpRule{u"ís", 2, u"il", u"país"},
    RslpRule{u"is", 2, u"il", u"menfis pais kinguis"},
    RslpRule{u"les", 2, u"l", u"ingles marselles montreales senegales manizales móstoles nápoles"},
    RslpRule{u"res", 3, u"r",
             u"petres henares cáceres baleares linares londres mieres miraflores mércores "
             u"venres pires"},
    RslpRule{u"ces", 2, u"z", u""},
    RslpRule{u"zes", 2, u"z", u""},
    RslpRule{u"ises", 3, u"z", u""},
    RslpRule{u"ás", 1, u"al", u"más"},
    RslpRule{u"ses", 2, u"s", u""},
    RslpRule{u"s", 2, u"",
             u"barbadés barcelonés cantonés gabonés llanés medinés escocés escocês francês "
             u"barcelonês cantonês macramés reves barcelones cantones gabones llanes magallanes "
             u"medines escoces frances xoves martes aliás pires lápis cais mais mas menos "
             u"férias pêsames crúcis país cangas atenas asturias canarias filipinas honduras "
             u"molucas caldas mascareñas micenas covarrubias psoas óculos nupcias"},
};

constexpr std::array kUnification = {
    RslpRule{u"íssimo", 5, u"ísimo", u""}, RslpRule{u"íssima", 5, u"ísima", u""},
    RslpRule{u"aço", 4, u"azo", u""},      RslpRule{u"aça", 4, u"aza", u""},
    RslpRule{u"uça", 4, u"uza", u""},      RslpRule{u"lhar", 2, u"llar", u""},
    RslpRule{u"lher", 2, u"ller", u""},    RslpRule{u"lhor", 2, u"llor", u""},
    RslpRule{u"lho", 1, u"llo", u""},      RslpRule{u"nhar", 2, u"ñar", u""},
    RslpRule{u"nhor", 2, u"ñor", u""},     RslpRule{u"nho", 1, u"ño", u""},
    RslpRule{u"nha", 1, u"ña", u""},       RslpRule{u"ário", 3, u"ario", u""},
    RslpRule{u"ária", 3, u"aria", u""},    RslpRule{u"able", 2, u"ábel", u""},
    RslpRule{u"ável", 2, u"ábel", u""},    RslpRule{u"ible", 2, u"íbel", u""},
    RslpRule{u"ível", 2, u"íbel", u""},    RslpRule{u"çom", 2, u"ción", u""},
    RslpRule{u"agem", 2, u"axe", u""},     RslpRule{u"age", 2, u"axe", u""},
    RslpRule{u"ão", 3, u"ón", u""},        RslpRule{u"ao", 1, u"án", u""},
    RslpRule{u"au", 1, u"án", u""},        RslpRule{u"om", 3, u"ón", u""},
    RslpRule{u"m", 2, u"n", u""},
};

constexpr std::array kAdverb = {
    RslpRule{u"mente", 4, u"", u"experimente vehemente sedimente"},
};

constexpr std::array kAugmentative = {
    RslpRule{u"dísimo", 5, u"", u""},
    RslpRule{u"dísima", 5, u"", u""},
    RslpRule{u"bilísimo", 3, u"", u""},
    RslpRule{u"bilísima", 3, u"", u""},
    RslpRule{u"ísimo", 3, u"", u""},
    RslpRule{u"ísima", 3, u"", u""},
    RslpRule{u"ésimo", 3, u"", u""},
    RslpRule{u"ésima", 3, u"", u""},
    RslpRule{u"érrimo", 4, u"", u""},
    RslpRule{u"érrima", 4, u"", u""},
    RslpRule{u"ana", 2, u"",
             u"argana banana choupana espadana faciana iguana lantana macana membrana mesana "
             u"nirvana obsidiana palangana pavana persiana pestana porcelana pseudomembrana "
             u"roldana sábana salangana saragana ventana"},
    RslpRule{u"án", 3, u"",
             u"ademán bardán barregán corricán curricán faisán furacán fustán gabán gabián "
             u"galán gañán lavacán mazán mourán rabadán serán serrán tabán titán tobogán verán "
             u"volcán volován"},
    RslpRule{u"azo", 4, u"",
             u"abrazo espazo andazo bagazo balazo bandazo cachazo carazo denazo engazo famazo "
             u"lampreazo pantocazo pedazo preñazo regazo ribazo sobrazo terrazo trompazo"},
    RslpRule{u"aza", 3, u"",
             u"alcarraza ameaza baraza broucaza burgaza cabaza cachaza calaza carpaza carraza "
             u"coiraza colmaza fogaza famaza labaza liñaza melaza mordaza paraza pinaza rabaza "
             u"rapaza trancaza"},
    RslpRule{u"allo", 4, u"", u"traballo"},
    RslpRule{u"alla", 4, u"", u""},
    RslpRule{u"arra", 3, u"", u"cigarra cinzarra"},
    RslpRule{u"astro", 3, u"", u"balastro bimbastro canastro retropilastro"},
    RslpRule{u"astra", 3, u"", u"banastra canastra contrapilastra piastra pilastra"},
    RslpRule{u"ázio", 3, u"", u"topázio"},
    RslpRule{u"elo", 4, u"",
             u"bacelo barrelo bicarelo biquelo boquelo botelo bouquelo cacarelo cachelo cadrelo "
             u"campelo candelo cantelo carabelo carambelo caramelo cercelo cerebelo chocarelo "
             u"coitelo conchelo corbelo cotobelo couselo destelo desvelo esfácelo fandelo "
             u"fardelo farelo farnelo flabelo ganchelo garfelo involucelo mantelo montelo "
             u"outerelo padicelo pesadelo pinguelo piquelo rampelo rastrelo restelo tornecelo "
             u"trabelo restrelo portelo ourelo zarapelo"},
    RslpRule{u"eta", 3, u"",
             u"arqueta atleta avoceta baioneta baldeta banqueta barraganeta barreta borleta "
             u"buceta caceta calceta caldeta cambeta canaleta caneta carreta cerceta chaparreta "
             u"chapeta chareta chincheta colcheta cometa corbeta corveta cuneta desteta espeta "
             u"espoleta estafeta esteta faceta falanxeta frasqueta gaceta gabeta galleta "
             u"garabeta gaveta glorieta lagareta lambeta lanceta libreta maceta macheta maleta "
             u"malleta mareta marreta meseta mofeta muleta peseta planeta raqueta regreta "
             u"saqueta veleta vendeta viñeta"},
    RslpRule{u"ete", 3, u"",
             u"alfinete ariete bacinete banquete barallete barrete billete binguelete birrete "
             u"bonete bosquete bufete burlete cabalete cacahuete cavinete capacete carrete "
             u"casarete casete chupete clarinete colchete colete capete curupete disquete "
             u"estilete falsete ferrete filete gallardete gobelete inglete machete miquelete "
             u"molete mosquete piquete ribete rodete rolete roquete sorvete vedete vendete"},
    RslpRule{u"ica", 3, u"",
             u"andarica botánica botica dialéctica dinámica física formica gráfica marica "
             u"túnica"},
    RslpRule{u"ico", 3, u"", u"conico acetifico acidifico"},
    RslpRule{u"exo", 3, u"",
             u"arpexo arquexo asexo axexo azulexo badexo bafexo bocexo bosquexo boubexo "
             u"cacarexo carrexo cascarexo castrexo convexo cotexo desexo despexo forcexo gabexo "
             u"gargarexo gorgolexo inconexo manexo merexo narnexo padexo patexo sopexo varexo"},
    RslpRule{u"exa", 3, u"", u"airexa bandexa carrexa envexa igrexa larexa patexa presexa sobexa"},
    RslpRule{u"idão", 3, u"", u""},
    RslpRule{u"iño", 3, u"o", u"camiño cariño comiño golfiño padriño sobriño viciño veciño"},
    RslpRule{u"iña", 3, u"a", u"camariña campiña entreliña espiña fariña moriña valiña"},
    RslpRule{u"ito", 3, u"", u""},
    RslpRule{u"ita", 3, u"", u""},
    RslpRule{u"oide", 3, u"",
             u"anaroide aneroide asteroide axoide cardioide celuloide coronoide discoide "
             u"espermatozoide espiroide esquizoide esteroide glenoide linfoide hemorroide "
             u"melaloide sacaroide tetraploide varioloide"},
    RslpRule{u"ola", 3, u"",
             u"aixola ampola argola arola arteríola bandola bítola bractéola cachola carambola "
             u"carapola carola carrandiola catrapola cebola centola champola chatola cirola "
             u"cítola consola corola empola escarola esmola estola fitola florícola garañola "
             u"gárgola garxola glicocola góndola mariola marola michola pirola rebola rupícola "
             u"saxícola sémola tachola tómbola"},
    RslpRule{u"olo", 3, u"",
             u"arrolo babiolo cacharolo caixarolo carolo carramolo cascarolo cirolo codrolo "
             u"correolo cotrolo desconsolo rebolo repolo subsolo tixolo tómbolo torolo trémolo "
             u"vacúolo xermolo zócolo"},
    RslpRule{u"ote", 3, u"",
             u"aigote alcaiote barbarote balote billote cachote camarote capote cebote chichote "
             u"citote cocorote escote gañote garrote gavote lamote lapote larapote lingote "
             u"lítote magote marrote matalote pandote paparote rebote tagarote zarrote"},
    RslpRule{u"ota", 3, u"",
             u"asíntota caiota cambota chacota compota creosota curota derrota díspota gamota "
             u"maniota pelota picota pillota pixota queirota remota"},
    RslpRule{u"cho", 3, u"", u"abrocho arrocho carocho falucho bombacho borracho mostacho"},
    RslpRule{u"cha", 3, u"", u"borracha carracha estacha garnacha limacha remolacha abrocha"},
    RslpRule{u"uco", 4, u"", u"caduco estuco fachuco malluco saluco trabuco"},
    RslpRule{u"uzo", 3, u"", u"carriñouzo fachuzo mañuzo mestruzo tapuzo"},
    RslpRule{u"uza", 3, u"",
             u"barruza chamuza chapuza charamuza conduza deduza desluza entreluza induza reluza "
             u"seduza traduza trasluza"},
    RslpRule{u"uxa", 3, u"",
             u"caramuxa carrabouxa cartuxa coruxa curuxa gaturuxa maruxa meruxa miruxa moruxa "
             u"muruxa papuxa rabuxa trouxa"},
    RslpRule{u"uxo", 3, u"",
             u"caramuxo carouxo carrabouxo curuxo debuxo ganduxo influxo negouxo pertuxo "
             u"refluxo"},
    RslpRule{u"ello", 3, u"",
             u"alborello artello botello cachafello calello casarello cazabello cercello "
             u"cocerello concello consello desparello escaravello espello fedello fervello "
             u"gagafello gorrobello nortello pendello troupello trebello"},
    RslpRule{u"ella", 3, u"",
             u"alborella bertorella bocatella botella calella cercella gadella grosella "
             u"lentella movella nocella noitevella parella pelella percebella segorella sabella"},
};

constexpr std::array kNoun = {
    RslpRule{u"dade", 3, u"", u"acridade calidade"},
    RslpRule{u"ificar", 2, u"", u""},
    RslpRule{u"eiro", 3, u"",
             u"agoireiro bardalleiro braseiro barreiro canteiro capoeiro carneiro carteiro "
             u"cinceiro faroleiro mareiro preguiceiro quinteiro raposeiro retranqueiro regueiro "
             u"sineiro troleiro ventureiro"},
    RslpRule{u"eira", 3, u"", u"cabeleira canteira cocheira folleira milleira"},
    RslpRule{u"ario", 3, u"", u"armario calcario lionario salario"},
    RslpRule{u"aria", 3, u"", u"cetaria coronaria fumaria linaria lunaria parietaria saponaria serpentaria"},
    RslpRule{u"ístico", 3, u"", u"balístico ensaístico"},
    RslpRule{u"ista", 3, u"", u"batista ciclista fadista operista tenista verista"},
    RslpRule{u"ado", 2, u"", u"grado agrado"},
    RslpRule{u"ato", 2, u"", u"agnato"},
    RslpRule{u"ido", 3, u"", u"cándido cândido consolido decidido duvido marido rápido"},
    RslpRule{u"ida", 3, u"", u"bastida dúbida dubida duvida ermida éxida guarida lapicida medida morida"},
    RslpRule{u"ída", 3, u"", u""},
    RslpRule{u"ido", 3, u"", u""},
    RslpRule{u"udo", 3, u"", u"estudo escudo"},
    RslpRule{u"uda", 3, u"", u""},
    RslpRule{u"ada", 3, u"", u"abada alhada allada pitada"},
    RslpRule{u"dela", 3, u"",
             u"cambadela cavadela forcadela erisipidela mortadela espadela fondedela picadela "
             u"arandela candela cordela escudela pardela"},
    RslpRule{u"ela", 3, u"",
             u"canela capela cotela cubela curupela escarapela esparrela estela fardela flanela "
             u"fornela franela gabela gamela gavela glumela granicela lamela lapela malvela "
             u"manela manganela mexarela micela mistela novela ourela panela parcela pasarela "
             u"patamela patela paxarela pipela pitela postela pubela restela sabela salmonela "
             u"secuela sentinela soldanela subela temoncela tesela tixela tramela trapela "
             u"varela vitela xanela xestela"},
    RslpRule{u"ábel", 2, u"", u"afábel fiábel"},
    RslpRule{u"íbel", 2, u"", u"críbel imposíbel posíbel fisíbel falíbel"},
    RslpRule{u"nte", 3, u"",
             u"alimente adiante acrescente elefante frequente freqüente gigante instante "
             u"oriente permanente posante possante restaurante"},
    RslpRule{u"ncia", 3, u"", u""},
    RslpRule{u"nza", 3, u"", u""},
    RslpRule{u"acia", 3, u"", u"acracia audacia falacia farmacia"},
    RslpRule{u"icia", 3, u"",
             u"caricia delicia ledicia malicia milicia noticia pericia presbicia primicia "
             u"regalicia sevicia tiricia"},
    RslpRule{u"iza", 3, u"",
             u"alvariza baliza cachiza caniza cañiza carbaliza carriza chamariza chapiza "
             u"fraguiza latiza longaniza mañiza nabiza peliza preguiza rabiza"},
    RslpRule{u"exar", 3, u"", u"palmexar"},
    RslpRule{u"ación", 2, u"", u"aeración"},
    RslpRule{u"ición", 3, u"", u"condición gornición monición nutrición petición posición sedición volición"},
    RslpRule{u"ción", 3, u"t", u""},
    RslpRule{u"sión", 3, u"s", u"abrasión alusión"},
    RslpRule{u"azón", 2, u"", u"armazón"},
    RslpRule{u"ón", 3, u"",
             u"abalón acordeón alción aldrabón alerón aliñón ambón bombón calzón campón canalón "
             u"cantón capitón cañón centón ciclón collón colofón copón cotón cupón petón tirón "
             u"tourón turón unción versión zubón zurrón"},
    RslpRule{u"ona", 3, u"",
             u"abandona acetona aleurona amazona anémona bombona cambona carona chacona "
             u"charamona cincona condona cortisona cretona detona estona fitohormona fregona "
             u"gerona hidroquinona hormona lesiona madona maratona matrona metadona monótona "
             u"neurona pamplona peptona poltrona proxesterona quinona silicona sulfona"},
    RslpRule{u"oa", 3, u"",
             u"abandoa madroa barbacoa estoa airoa eiroa amalloa ámboa améndoa anchoa antinéboa "
             u"avéntoa avoa bágoa balboa bisavoa boroa canoa caroa comadroa coroa éngoa espácoa "
             u"filloa fírgoa grañoa lagoa lanzoa magoa mámoa morzoa noiteboa noraboa parañoa "
             u"persoa queiroa rañoa táboa tataravoa teiroa"},
    RslpRule{u"aco", 3, u"", u""},
    RslpRule{u"aca", 3, u"",
             u"alpaca barraca bullaca buraca carraca casaca cavaca cloaca entresaca ervellaca "
             u"espinaca estaca farraca millaca pastinaca pataca resaca urraca purraca"},
    RslpRule{u"al", 4, u"",
             u"afinal animal estatal bisexual bissexual desleal fiscal formal pessoal persoal "
             u"liberal postal virtual visual pontual puntual homosexual heterosexual"},
    RslpRule{u"dor", 2, u"", u"abaixador"},
    RslpRule{u"tor", 3, u"", u"autor motor pastor pintor"},
    RslpRule{u"or", 2, u"", u"asesor assessor favor mellor melhor redor rigor sensor tambor tumor"},
    RslpRule{u"ora", 3, u"",
             u"albacora anáfora áncora apisoadora ardora ascospora aurora avéspora bitácora "
             u"canéfora cantimplora catáfora cepilladora demora descalcificadora diáspora "
             u"empacadora epífora ecavadora escora eslora espora fotocompoñedora fotocopiadora "
             u"grampadora isícora lavadora lixadora macrospora madrépora madrágora masora "
             u"mellora metáfora microspora milépora milpéndora nécora oospora padeadora "
             u"pasiflora pécora píldora pólvora ratinadora rémora retroescavadora sófora "
             u"torradora trémbora uredospora víbora víncora zoospora"},
    RslpRule{u"aría", 3, u"", u"libraría"},
    RslpRule{u"axe", 3, u"",
             u"aluaxe amaraxe amperaxe bagaxe balaxe barcaxe borraxe bescaxe cabotaxe carraxe "
             u"cartilaxe chantaxe colaxe coraxe carruaxe dragaxe embalaxe ensilaxe epistaxe "
             u"fagundaxe fichaxe fogaxe forraxe fretaxe friaxe garaxe homenaxe leitaxe liñaxe "
             u"listaxe maraxe marcaxe maridaxe masaxe miraxe montaxe pasaxe peaxe portaxe "
             u"ramaxe rebelaxe rodaxe romaxe sintaxe sondaxe tiraxe vantaxe vendaxe viraxe"},
    RslpRule{u"dizo", 3, u"", u""},
    RslpRule{u"eza", 3, u"", u"alteza beleza fereza fineza vasteza vileza"},
    RslpRule{u"ez", 3, u"", u"acidez adultez adustez avidez candidez mudez nenez nudez pomez"},
    RslpRule{u"engo", 3, u"", u""},
    RslpRule{u"ego", 3, u"", u"corego derrego entrego lamego sarego sartego"},
    RslpRule{u"oso", 3, u"",
             u"afanoso algoso caldoso caloso cocoso ditoso favoso fogoso lamoso mecoso mocoso "
             u"precioso rixoso venoso viroso xesoso"},
    RslpRule{u"osa", 3, u"",
             u"mucosa glicosa baldosa celulosa isoglosa nitrocelulosa levulosa ortosa pectosa "
             u"preciosa sacarosa serosa ventosa"},
    RslpRule{u"ume", 3, u"",
             u"agrume albume alcume batume cacume cerrume chorume churume costume curtume "
             u"estrume gafume legume perfume queixume zarrume"},
    RslpRule{u"ura", 3, u"", u"albura armadura imatura costura"},
    RslpRule{u"iñar", 3, u"", u""},
    RslpRule{u"il", 3, u"",
             u"abril alfil anil atril badil baril barril brasil cadril candil cantil carril "
             u"chamil chancil civil cubil dátil difícil dócil edil estéril fácil fráxil funil "
             u"fusil grácil gradil hábil hostil marfil"},
    RslpRule{u"esco", 4, u"", u""},
    RslpRule{u"isco", 4, u"", u""},
    RslpRule{u"ivo", 3, u"", u"pasivo positivo passivo possessivo posesivo pexotarivo relativo"},
};

constexpr std::array kVerb = {
    RslpRule{u"aba", 2, u"", u""},
    RslpRule{u"abade", 2, u"", u""},
    RslpRule{u"ábade", 2, u"", u""},
    RslpRule{u"abamo", 2, u"", u""},
    RslpRule{u"ábamo", 2, u"", u""},
    RslpRule{u"aban", 2, u"", u""},
    RslpRule{u"ache", 2, u"", u""},
    RslpRule{u"ade", 2, u"", u""},
    RslpRule{u"an", 2, u"", u""},
    RslpRule{u"ando", 2, u"", u""},
    RslpRule{u"ar", 2, u"", u"azar bazar patamar"},
    RslpRule{u"arade", 2, u"", u""},
    RslpRule{u"aramo", 2, u"", u""},
    RslpRule{u"arán", 2, u"", u""},
    RslpRule{u"aran", 2, u"", u""},
    RslpRule{u"árade", 2, u"", u""},
    RslpRule{u"aría", 2, u"", u""},
    RslpRule{u"ariade", 2, u"", u""},
    RslpRule{u"aríade", 2, u"", u""},
    RslpRule{u"arian", 2, u"", u""},
    RslpRule{u"ariamo", 2, u"", u""},
    RslpRule{u"aron", 2, u"", u""},
    RslpRule{u"ase", 2, u"", u""},
    RslpRule{u"asede", 2, u"", u""},
    RslpRule{u"ásede", 2, u"", u""},
    RslpRule{u"asemo", 2, u"", u""},
    RslpRule{u"ásemo", 2, u"", u""},
    RslpRule{u"asen", 2, u"", u""},
    RslpRule{u"avan", 2, u"", u""},
    RslpRule{u"aríamo", 2, u"", u""},
    RslpRule{u"assen", 2, u"", u""},
    RslpRule{u"ássemo", 2, u"", u""},
    RslpRule{u"eríamo", 2, u"", u""},
    RslpRule{u"êssemo", 2, u"", u""},
    RslpRule{u"iríamo", 3, u"", u""},
    RslpRule{u"íssemo", 3, u"", u""},
    RslpRule{u"áramo", 2, u"", u""},
    RslpRule{u"árei", 2, u"", u""},
    RslpRule{u"aren", 2, u"", u""},
    RslpRule{u"aremo", 2, u"", u""},
    RslpRule{u"aríei", 2, u"", u""},
    RslpRule{u"ássei", 2, u"", u""},
    RslpRule{u"ávamo", 2, u"", u""},
    RslpRule{u"êramo", 1, u"", u""},
    RslpRule{u"eremo", 1, u"", u""},
    RslpRule{u"eríei", 1, u"", u""},
    RslpRule{u"êssei", 1, u"", u""},
    RslpRule{u"íramo", 3, u"", u""},
    RslpRule{u"iremo", 3, u"", u""},
    RslpRule{u"iríei", 3, u"", u""},
    RslpRule{u"íssei", 3, u"", u""},
    RslpRule{u"issen", 3, u"", u""},
    RslpRule{u"endo", 1, u"", u""},
    RslpRule{u"indo", 3, u"", u""},
    RslpRule{u"ondo", 3, u"", u""},
    RslpRule{u"arde", 2, u"", u""},
    RslpRule{u"arei", 2, u"", u""},
    RslpRule{u"aria", 2, u"", u""},
    RslpRule{u"armo", 2, u"", u""},
    RslpRule{u"asse", 2, u"", u""},
    RslpRule{u"aste", 2, u"", u""},
    RslpRule{u"ávei", 2, u"", u""},
    RslpRule{u"erão", 1, u"", u""},
    RslpRule{u"erde", 1, u"", u""},
    RslpRule{u"erei", 1, u"", u""},
    RslpRule{u"êrei", 1, u"", u""},
    RslpRule{u"eren", 2, u"", u""},
    RslpRule{u"eria", 1, u"", u""},
    RslpRule{u"ermo", 1, u"", u""},
    RslpRule{u"este", 1, u"", u"faroeste agreste"},
    RslpRule{u"íamo", 1, u"", u""},
    RslpRule{u"ian", 2, u"", u"enfian eloxian ensaian"},
    RslpRule{u"irde", 2, u"", u""},
    RslpRule{u"irei", 3, u"", u"admirei"},
    RslpRule{u"iren", 3, u"", u""},
    RslpRule{u"iria", 3, u"", u""},
    RslpRule{u"irmo", 3, u"", u""},
    RslpRule{u"isse", 3, u"", u""},
    RslpRule{u"iste", 4, u"", u""},
    RslpRule{u"iava", 1, u"", u"ampliava"},
    RslpRule{u"amo", 2, u"", u""},
    RslpRule{u"iona", 3, u"", u""},
    RslpRule{u"ara", 2, u"", u"arara prepara"},
    RslpRule{u"ará", 2, u"", u"alvará bacará"},
    RslpRule{u"are", 2, u"", u"prepare"},
    RslpRule{u"ava", 2, u"", u"agrava"},
    RslpRule{u"emo", 2, u"", u""},
    RslpRule{u"era", 1, u"", u"acelera espera"},
    RslpRule{u"erá", 1, u"", u""},
    RslpRule{u"ere", 1, u"", u"espere"},
    RslpRule{u"íei", 1, u"", u""},
    RslpRule{u"in", 3, u"", u""},
    RslpRule{u"imo", 3, u"", u"reprimo intimo íntimo nimo queimo ximo"},
    RslpRule{u"ira", 3, u"", u"fronteira sátira"},
    RslpRule{u"ído", 3, u"", u""},
    RslpRule{u"irá", 3, u"", u""},
    RslpRule{u"tizar", 4, u"", u"alfabetizar"},
    RslpRule{u"izar", 3, u"", u"organizar"},
    RslpRule{u"itar", 5, u"", u"acreditar explicitar estreitar"},
    RslpRule{u"ire", 3, u"", u"adquire"},
    RslpRule{u"omo", 3, u"", u""},
    RslpRule{u"ai", 2, u"", u""},
    RslpRule{u"ear", 4, u"", u"alardear nuclear"},
    RslpRule{u"uei", 3, u"", u""},
    RslpRule{u"uía", 5, u"u", u""},
    RslpRule{u"ei", 3, u"", u""},
    RslpRule{u"er", 1, u"", u"éter pier"},
    RslpRule{u"eu", 1, u"", u"chapeu"},
    RslpRule{u"ia", 1, u"",
             u"estória fatia acia praia elogia mania lábia aprecia polícia arredia cheia ásia"},
    RslpRule{u"ir", 3, u"", u""},
    RslpRule{u"iu", 3, u"", u""},
    RslpRule{u"eou", 5, u"", u""},
    RslpRule{u"ou", 3, u"", u""},
    RslpRule{u"i", 1, u"", u""},
    RslpRule{u"ede", 1, u"", u"rede bípede céspede parede palmípede vostede hóspede adrede"},
    RslpRule{u"ei", 3, u"", u""},
    RslpRule{u"en", 2, u"", u""},
    RslpRule{u"erade", 1, u"", u""},
    RslpRule{u"érade", 1, u"", u""},
    RslpRule{u"eran", 2, u"", u""},
    RslpRule{u"eramo", 1, u"", u""},
    RslpRule{u"éramo", 1, u"", u""},
    RslpRule{u"erán", 1, u"", u""},
    RslpRule{u"ería", 1, u"", u""},
    RslpRule{u"eriade", 1, u"", u""},
    RslpRule{u"eríade", 1, u"", u""},
    RslpRule{u"eriamo", 1, u"", u""},
    RslpRule{u"erian", 1, u"", u""},
    RslpRule{u"erían", 1, u"", u""},
    RslpRule{u"eron", 1, u"", u""},
    RslpRule{u"ese", 1, u"", u""},
    RslpRule{u"esedes", 1, u"", u""},
    RslpRule{u"ésedes", 1, u"", u""},
    RslpRule{u"esemo", 1, u"", u""},
    RslpRule{u"ésemo", 1, u"", u""},
    RslpRule{u"esen", 1, u"", u""},
    RslpRule{u"êssede", 1, u"", u""},
    RslpRule{u"ía", 1, u"", u""},
    RslpRule{u"iade", 1, u"", u""},
    RslpRule{u"íade", 1, u"", u""},
    RslpRule{u"iamo", 1, u"", u""},
    RslpRule{u"ían", 1, u"", u""},
    RslpRule{u"iche", 1, u"", u""},
    RslpRule{u"ide", 1, u"", u""},
    RslpRule{u"irade", 3, u"", u""},
    RslpRule{u"írade", 3, u"", u""},
    RslpRule{u"iramo", 3, u"", u""},
    RslpRule{u"irán", 3, u"", u""},
    RslpRule{u"iría", 3, u"", u""},
    RslpRule{u"iriade", 3, u"", u""},
    RslpRule{u"iríade", 3, u"", u""},
    RslpRule{u"iriamo", 3, u"", u""},
    RslpRule{u"irian", 3, u"", u""},
    RslpRule{u"irían", 3, u"", u""},
    RslpRule{u"iron", 3, u"", u""},
    RslpRule{u"ise", 3, u"", u""},
    RslpRule{u"isede", 3, u"", u""},
    RslpRule{u"ísede", 3, u"", u""},
    RslpRule{u"isemo", 3, u"", u""},
    RslpRule{u"ísemo", 3, u"", u""},
    RslpRule{u"isen", 3, u"", u""},
    RslpRule{u"íssede", 3, u"", u""},
    RslpRule{u"tizar", 3, u"", u"alfabetizar"},
    RslpRule{u"ondo", 3, u"", u""},
};

constexpr std::array kVowel = {
    RslpRule{u"gue", 2, u"g", u"azougue dengue merengue nurague rengue"},
    RslpRule{u"que", 2, u"c",
             u"alambique albaricoque abaroque alcrique almadraque almanaque arenque arinque "
             u"baduloque ballestrinque betoque bivaque bloque bodaque bosque breque buque "
             u"cacique cheque claque contradique coque croque dique duque enroque espeque "
             u"estoque estoraque estraloque estrinque milicroque monicreque orinque palenque "
             u"parque penique picabeque pique psique raque remolque xeque repenique roque "
             u"sotobosque tabique tanque toque traque truque vivaque xaque"},
    RslpRule{u"a", 3, u"", u"amasadela cerva"},
    RslpRule{u"e", 3, u"", u"marte"},
    RslpRule{u"o", 3, u"", u"barro fado cabo libro cervo"},
    RslpRule{u"â", 3, u"", u""},
    RslpRule{u"ã", 3, u"", u"amanhã arapuã fã divã manhã"},
    RslpRule{u"ê", 3, u"", u""},
    RslpRule{u"ô", 3, u"", u""},
    RslpRule{u"á", 3, u"", u""},
    RslpRule{u"é", 3, u"", u""},
    RslpRule{u"ó", 3, u"", u""},
    RslpRule{u"i", 3, u"", u""},
};

constexpr std::array kSteps = {
    RslpStep{"Plural", 3, true, u"s", kPlural}, RslpStep{"Unification", 3, false, u"", kUnification},
    RslpStep{"Adverb", 9, false, u"", kAdverb}, RslpStep{"Augmentative", 5, true, u"", kAugmentative},
    RslpStep{"Noun", 4, false, u"", kNoun},     RslpStep{"Verb", 2, false, u"", kVerb},
    RslpStep{"Vowel", 4, false, u"", kVowel},
};

}  // namespace

std::span<const RslpStep> galician_rslp_steps() {
  return kSteps;
}

}  // namespace stele::text
