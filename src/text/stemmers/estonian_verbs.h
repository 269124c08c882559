#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace stele::text {

// Verbs whose forms share too little: a stem, and the forms that have it.
inline constexpr std::array<std::pair<std::u16string_view, std::u16string_view>, 18> kEstonianVerbs = {{
    {u"joo",
     u"joon jood joob joote joome joovad jõin jõid jõi jõime jõite joomata juuakse joodakse "
     u"juua jooma"},
    {u"saa",
     u"saan saad saab saate saame saavad saaksin saaksid saaks saaksite saaksime sain said "
     u"sai saite saime saamata saadakse saadi saama saada"},
    {u"viima",
     u"viin viid viib viite viime viivad viiksin viiksid viiks viiksite viiksime viisin "
     u"viisite viisime viimata viiakse viidi viima viia"},
    {u"keesi",
     u"keen keeb keed kees keeme keete keevad keeksin keeks keeksid keeksime keeksite "
     u"keemata keema keeta keedakse"},
    {u"löö",
     u"löön lööd lööb lööme lööte löövad lööksin lööksid lööks lööksime lööksite löömata "
     u"lüüakse löödakse löödi lööma lüüa"},
    {u"löi", u"lõin lõid lõi lõime lõite"},
    {u"loo",
     u"loon lood loob loome loote loovad looksin looksid looks looksime looksite loomata "
     u"luuakse loodi luua looma"},
    {u"käisi",
     u"käin käib käid käis käime käite käivad käiksin käiks käiksid käiksime käiksite "
     u"käimata käiakse käidi käia käima"},
    {u"söö",
     u"söön sööb sööd sööme sööte söövad sööksin sööks sööksid sööksime sööksite sõin sõi "
     u"sõid sõime sõite söömata süüakse söödakse söödi sööma süüa"},
    {u"too",
     u"toon tood toob toote toome toovad tooksin tooksid tooks tooksite tooksime tõin tõid "
     u"tõi tõime tõite toomata tuuakse toodi tooma tuua"},
    {u"võisi",
     u"võin võid võib võime võis võite võivad võiksin võiksid võiks võiksime võiksite "
     u"võimata võidakse võidi võida võima"},
    {u"jääma",
     u"jään jääd jääb jääme jääte jäävad jääksin jääksid jääks jääksime jääksite jäime jäite "
     u"jäin jäid jäi jäämata jäädakse jääda jääma jäädi"},
    {u"müüsi",
     u"müün müüd müüb müüs müüme müüte müüvad müüksin müüksid müüks müüksime müüksite "
     u"müümata müüakse müüdi müüa müüma"},
    {u"luge", u"loeb loen loed loeme loete loevad loeks loeksin loeksid loeksime loeksite"},
    {u"põde", u"põen põeb põed põeme põete põevad põeksin põeks põeksid põeksime põeksite"},
    {u"ladu", u"laon laob laod laome laote laovad laoksin laoks laoksid laoksime laoksite"},
    {u"tegi",
     u"teeksin teeks teeksid teeksime teeksite teen teeb teed teeme teete teevad tegemata "
     u"tehakse tehti tegema teha"},
    {u"nägi",
     u"näen näeb näed näeme näete näevad näeksin näeks näeksid näeksime näeksite nägemata "
     u"nähakse nähti näha nägema"},
}};

}  // namespace stele::text
