"""English news words and the German ones that headlines use for the same: data of the same-story check.

Own work. Only words that differ beyond what `wording.stem` levels; keys and values in lower case.
"""

from __future__ import annotations

_TABLE = """
accident unfall|accuses wirft|agreement einigung|aid hilfe|aims ziel|air luft|airline fluggesellschaft
airport flughafen|announced angekündigt|announces kündigt|appeal berufung|approval zulassung|approved genehmigt
approves genehmigt|arrest festnahme|arrested festgenommen|attack angriff|attacker angreifer|attackers angreifer
attacks angriffe|ban verbot|banned verboten|bans verbietet|battery akku|bill gesetz|billion milliarden
billions milliarden|board vorstand|border grenze|breach datenleck|breaks bricht|bug fehler|bugs fehler
business geschäft|buys kauft|camera kamera|cancer krebs|car auto|carmaker autobauer|cars autos|case fall
ceasefire waffenruhe|chancellor kanzler|charge anklage|charged angeklagt|charges anklage|chief chef|child kind
children kinder|church kirche|city stadt|climate klima|coal kohle|commission kommission|companies unternehmen
company unternehmen|complaint beschwerde|copyright urheberrecht|council rat|country land|court gericht|crash absturz
crime kriminalität|crisis krise|critical kritische|customers kunden|cuts kürzt|cyberattack cyberangriff|data daten
database datenbank|day tag|dead tot|deal abkommen|death tod|deaths tote|debt schulden|decision entscheidung
defence verteidigung|defense verteidigung|delay verspätung|delayed verschoben|delays verschiebt|demand nachfrage
development entwicklung|device gerät|devices geräte|died gestorben|dies stirbt|drone drohne|drones drohnen
drug medikament|drugs drogen|earnings gewinn|earth erde|earthquake erdbeben|economy wirtschaft|election wahl
elections wahlen|electric elektrische|emissions emissionen|employees mitarbeiter|energy energie|entry einstieg
europe europa|european europäische|exchange börse|expected erwartet|expensive teuer|eyes augen|factory fabrik
failure ausfall|fake gefälschte|fall sturz|fine strafe|fined strafe|fire brand|fires entlässt|flaw lücke|flaws lücken
flight flug|flights flüge|flood flut|floods flut|football fußball|forces streitkräfte|foreign ausland
former ehemaliger|founder gründer|fraud betrug|fraudsters betrüger|free kostenlos|freedom freiheit|french französische
fund fonds|funding finanzierung|gains gewinne|game spiel|games spiele|german deutsche|germany deutschland
glasses brillen|goal tor|government regierung|growth wachstum|guilty schuldig|gun waffe|hacked gehackt|hackers hacker
half hälfte|headset brille|headsets brillen|health gesundheit|hearing anhörung|heat hitze|heavy schwere|help hilfe
higher höher|hospital krankenhaus|hostages geiseln|house haus|human mensch|identity identität|images bilder
increase anstieg|increases erhöht|independent unabhängig|industry industrie|injured verletzte|insurance versicherung
intelligence intelligenz|interest zinsen|investigation ermittlungen|investigators ermittler|investment investition
investments investitionen|investors investoren|island insel|jail haft|jobs stellen|judge richter|justice justiz
killed getötet|king könig|knowledge wissen|language sprache|launch start|launches startet|law gesetz|lawsuit klage
lawyer anwalt|layoffs entlassungen|leader chef|leak leck|leaked geleakt|leaves verlässt|letter brief|licence lizenz
license lizenz|loan kredit|loses verliert|loss verlust|losses verluste|lower niedriger|machine maschine|market markt
mass massen|mayor bürgermeister|medicine medizin|memory speicher|military militär|million millionen|millions millionen
missile rakete|missiles raketen|missing vermisst|money geld|month monat|moon mond|mother mutter|murder mord
music musik|network netzwerk|news nachrichten|night nacht|nuclear atom|offer angebot|office büro|oil öl|open offen
order bestellung|outage ausfall|owner besitzer|parents eltern|parliament parlament|party partei|password passwort
passwords passwörter|patients patienten|peace frieden|penalty strafe|pension rente|phone handy|phones handys
plane flugzeug|planes flugzeuge|planned geplant|plant werk|plants werke|police polizei|policy politik|poll umfrage
pope papst|port hafen|power strom|president präsident|pressure druck|price preis|prices preise|prison gefängnis
privacy datenschutz|processor prozessor|processors prozessoren|profit gewinn|profits gewinne|prosecutor staatsanwalt
prosecutors staatsanwaltschaft|protection schutz|protects schützt|protests proteste|provider anbieter
providers anbieter|publisher verlag|publishers verlage|quarter quartal|queen königin|rail bahn|railway bahn
raises erhöht|rate zins|rates zinsen|rebels rebellen|recall rückruf|recalls ruft|record rekord|refugees flüchtlinge
regulator aufsicht|release veröffentlichung|released veröffentlicht|releases veröffentlicht|report bericht
reports berichte|rescue rettung|rescued gerettet|research forschung|researcher forscher|researchers forscher
resignation rücktritt|resigns rücktritt|restrictions beschränkungen|revenue umsatz|rise anstieg|rises steigt
risk risiko|risks risiken|robot roboter|robots roboter|rocket rakete|rule regel|rules regeln|ruling urteil
russian russische|sale verkauf|sales verkauf|sanctions sanktionen|satellite satellit|satellites satelliten
school schule|schools schulen|science wissenschaft|scientist forscher|scientists forscher|search suche|secret geheim
secretary minister|security sicherheit|sells verkauft|sentence strafe|sentenced verurteilt|service dienst
services dienste|settlement vergleich|share aktie|shareholders aktionäre|shares aktien|ship schiff|ships schiffe
shooting schüsse|shortage mangel|shot erschossen|shutdown abschaltung|soccer fußball|social soziale|soldier soldat
soldiers soldaten|source quelle|space weltraum|speech rede|spending ausgaben|spy spion|staff personal|state staat
states staaten|stock aktie|stocks aktien|stolen gestohlen|storm sturm|strike streik|strikes streiks|students studenten
study studie|success erfolg|sues verklagt|suit klage|summit gipfel|supply versorgung|support unterstützung
surveillance überwachung|survey umfrage|suspect verdächtiger|suspected mutmaßliche|suspended ausgesetzt
takeover übernahme|talks gespräche|target ziel|tariff zoll|tariffs zölle|tax steuer|taxes steuern|teacher lehrer
teachers lehrer|teenager jugendlicher|teenagers jugendliche|tests testet|thousands tausende|threat drohung
threatens droht|threats drohungen|town stadt|trade handel|traffic verkehr|train zug|trains züge|treaty vertrag
trial prozess|troops truppen|trust vertrauen|ukrainian ukrainische|union gewerkschaft|users nutzer|vaccine impfstoff
vehicle fahrzeug|vehicles fahrzeuge|verdict urteil|victim opfer|victims opfer|victory sieg|vote abstimmung
voters wähler|votes stimmen|vulnerabilities lücken|vulnerability sicherheitslücke|wages löhne|war krieg
warning warnung|warns warnt|water wasser|weapon waffe|weapons waffen|weather wetter|winner sieger|wins gewinnt
witness zeuge|witnesses zeugen|woman frau|women frauen|work arbeit|worker arbeiter|workers arbeiter|world welt
wounded verletzte|year jahr|years jahre|young junge
"""

GERMAN_OF: dict[str, str] = {
    english: german for entry in _TABLE.replace("\n", "|").split("|") if entry for english, german in [entry.split(" ")]
}
