"""Words that say little of what a story is about, German and English: data of the same-story check."""

from __future__ import annotations

# Left out altogether.
STOP_WORDS = frozenset(
    "aber alle allem allen aller alles als also am an andere anderem anderen anderer auch auf aus bei beim"
    " bereits bin bis bisher da dabei dadurch dafür damit danach dann daran darauf darf darüber darum das dass"
    " davon dazu dem den denn der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort"
    " du durch ein eine einem einen einer eines einige er es etwa etwas euch für gab ganz gar gegen geht gibt"
    " ging habe haben hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins"
    " ist ja je jede jedem jeden jeder jedes jedoch jetzt kam kann kaum kein keine keinen keiner könnte können"
    " könnten künftig lässt laut machen macht mal man mehr mehrere mich mir mit müssen muss nach nachdem nicht"
    " nichts nie noch nun nur ob obwohl oder ohne per schon sehr sei seien sein seine seinem seinen seiner seit"
    " selbst sich sie sieht sind so sogar soll sollen sollte sondern sowie statt trotz um und uns unser unter"
    " viel viele vielen vom von vor war waren warum was wegen weil weiter weitere weiteren welche wenn wer"
    " werde werden wie wieder wir wird wo wohl wollen worden wurde wurden während zu zum zur zwar zwischen über"
    " will sagt sagte heißt a about after all and any are as at be been before being but by can could did do"
    " does for from get gets had has have he her here him his how i if into is it its just like may more most"
    " my no not now of off on one only or other our out over said say says she should some such than that the"
    " their them then there these they this those to too under up us very we were what when where which while"
    " who why with would you your".split()
)
# Words of many headlines: a shared one is weak evidence, even in a window that holds few stories.
COMMON_WORDS = frozenset(
    "jahr jahre jahren tag tage tagen woche wochen monat monate stunde stunden minute minuten uhr zeit heute"
    " gestern morgen abend nacht neu neue neuen neuer neues erste ersten erster erstmals letzte letzten nächste"
    " alt große großer großen großes kleine gut besser beste besten schlecht mensch menschen mann männer frau"
    " frauen kind kinder leben tod tot tote toten verletzt verletzte land länder welt stadt deutschland"
    " deutsche deutschen deutscher europa eu usa us bund berlin regierung politik politiker präsident minister"
    " kanzler chef partei wahl gesetz gericht urteil prozess polizei ermittler feuerwehr unfall brand auto"
    " straße haus geld euro dollar prozent million millionen milliarde milliarden firma firmen unternehmen"
    " konzern markt kunden preis preise wirtschaft studie forscher experten zahl zahlen grund frage fragen"
    " antwort plan pläne kritik streit angriff krieg warnung warnt fordert kündigt zeigt macht bleibt kommt"
    " steht stellt startet beginnt endet gewinnt verliert sieg niederlage spiel team trainer verein saison"
    " bundesliga wm em fans wissen bericht bilder video fotos ergebnis folgen hilfe problem chance ende anfang"
    " start weg rückkehr update app software daten internet netz nutzer modell modelle ki künstliche"
    " intelligenz version funktion funktionen technik year years day days week weeks month months hour hours"
    " time today yesterday tomorrow night new first last next old big best good bad people man men woman women"
    " child life death dead killed injured country world city germany german europe government president chief"
    " party election law court trial police fire accident car street house money percent billion company"
    " companies group market customers price prices study researchers experts number reason question plans"
    " criticism dispute attack war warning warns calls announces shows makes launches launch starts wins loses"
    " game coach season report pictures photos results end way data users model models ai artificial"
    " intelligence feature features technology tech".split()
)
MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember january"
    " february march june july october december".split()
)
DAYS = frozenset(
    "montag dienstag mittwoch donnerstag freitag samstag sonntag monday tuesday wednesday thursday friday"
    " saturday sunday".split()
)
# What says of a known affair that it went on.
DEVELOPMENT_WORDS = frozenset(
    "festgenommen festnahme verhaftet verhaftung gefasst gestellt gesteht geständnis angeklagt anklage"
    " verurteilt urteil freigesprochen freispruch haftbefehl entlassen entlassung zurückgetreten rücktritt"
    " gestorben stirbt identifiziert gefunden entdeckt gerettet ursache auslöser grund erneut reagiert reaktion"
    " reagieren antwortet entschuldigt dementiert widerspricht bestätigt zurückgewiesen aufgehoben gestoppt beendet"
    " verschoben abgesagt abgelehnt zugestimmt beschlossen verabschiedet gescheitert geeinigt einigung"
    " wiederaufgenommen wieder behoben geschlossen geöffnet verlängert zurückgezogen nachgebessert erhöht"
    " korrigiert ermittelt ermittlungen durchsucht razzia klagt verklagt gekündigt arrested arrest caught"
    " charged convicted sentenced acquitted verdict resigned resigns dies died identified found rescued cause"
    " responds response reacts apologizes apologises denies confirms confirmed lifted ended postponed"
    " cancelled canceled rejected rejects approved approves passed failed agreed resumed resumes fixed patched"
    " reopened extended withdrawn raised corrected investigated raided sues sued fired".split()
)
# What regional pieces of one make differ by: German Länder and compass points.
PLACE_WORDS = frozenset(
    "bayern baden württemberg bw berlin brandenburg bremen hamburg hessen mecklenburg vorpommern mv"
    " niedersachsen nrw nordrhein westfalen rheinland pfalz saarland sachsen anhalt schleswig holstein"
    " thüringen nordwesten nordosten südwesten südosten norden süden westen osten".split()
)
# What kind of piece a headline says it is.
OPINION_WORDS = frozenset(
    "kommentar kommentare meinung kolumne leitartikel gastbeitrag glosse essay rezension pressestimmen"
    " presseschau opinion column columnist editorial review op-ed".split()
)
TICKER_WORDS = frozenset("liveblog liveticker newsblog newsticker ticker live-blog live-ticker".split())
SERIES_WORDS = frozenset(
    "wetter wetterbilanz wetterbericht wettervorhersage weather forecast horoskop lotto lottozahlen"
    " eurojackpot kalenderblatt rätsel kreuzworträtsel quiz sudoku podcast newsletter anzeige verlagsangebot"
    " wochenrückblick rezept gutschein gutscheine rabatt schnäppchen angebot angebote vorschau blitzer"
    " horoscope lottery deal deals discount coupon recipe puzzle crossword weekly roundup recap".split()
)
