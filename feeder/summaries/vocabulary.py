"""Words that tell a German common noun from a name, and names that are called otherwise in the other language."""

from __future__ import annotations

ENDS = ("s", "n", "e", "en", "er", "es", "em", "ern", "ens", "innen", "in")

# What only common nouns are made of.
MAKES = (
    *("ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "ion", "ionen", "ismus", "ität"),
    *("itäten", "nisse", "nissen", "ment", "mente", "menten", "enz", "enzen", "anz", "ierer", "schrift", "schriften"),
    *("nehmer", "nehmern", "nehmerin", "geber", "gebern", "steller", "stellern", "arbeiter", "arbeitern", "loge"),
    *("logen", "logie", "logien", "forscher", "forschern", "entwickler", "entwicklern", "nutzer", "nutzern", "ierung"),
    *("ierungen", "barkeit", "losigkeit", "gabe", "gaben", "nahme", "nahmen", "bereich", "bereiche", "bereichen"),
    *("innen", "erinnen", "weise", "eren", "ieren"),
)

# How adverbs, adjectives and participles that open a sentence end.
OPENING_MAKES = (
    *("lich", "liche", "lichen", "licher", "weise", "isch", "ische", "ischen", "ischer", "ig", "ige", "igen", "iger"),
    *("ell", "elle", "ellen", "eller", "end", "ende", "enden", "ender", "los", "bar", "bare", "baren", "wärts", "ens"),
    *("ly", "ing", "ed"),
)

# Participles that open a sentence: their beginnings and their ends, of nine letters or more.
PARTICIPLES = (
    ("ge", "be", "ver", "ent", "er", "zer", "unter", "über", "aus", "an", "auf", "ein", "ab", "zu", "vor", "nach"),
    ("en", "igt", "elt", "ert", "llt", "mmt", "nnt", "hnt", "zt", "kt", "lgt"),
)

NOUNS = frozenset(
    """abend abgabe abhängigkeit abkommen ablauf abonnement absatz abschluss absicht abstand abteilung abwehr aktie
    aktien alltag alter alternative analyse analyst anbieter anfang anfrage angabe angebot angriff angst
    anhänger anklage anlage anlass anleger anspruch anteil antrag antwort anwalt anwender anwendung anzahl
    anzeige app apps april arbeit arbeitsplatz arbeitsplätze archiv argument art artikel arzt aufgabe auflage
    aufsicht auftrag aufwand auge august ausbau ausgabe auskunft ausland ausnahme aussage ausschuss austausch
    auswahl auswirkung auto autor autos bank banken bedarf bedenken bedingung befehl befragung befugnis
    befürworter beginn begriff behörde behörden beispiel beitrag bekannte belastung benutzer beobachter beratung
    bereich bericht beruf beschluss beschwerde beschäftigte besitz besucher betrag betreiber betrieb betrug
    beweis bewerber bewohner bild bilder bildschirm bildung branche brief browser buch budget bund bundestag
    börse bürger büro chance chat chatbot chatbots chef chefin chip chips cloud code computer datei dateien
    daten datenbank datenschutz datum dauer debatte detail details dezember dialog dienst dienstag dienste
    dienstleister dokument dokumente dollar donnerstag download druck ebene effekt ehe eigentümer einblick
    einbruch eindruck einfluss einführung eingabe einheit einkauf einnahme einnahmen einsatz einschätzung
    einstieg einwohner eltern empfehlung ende energie entscheidung entwickler entwicklung entwurf erde ereignis
    erfahrung erfolg ergebnis ergebnisse ermittler ermittlung ersatz ersten euro experte experten export fabrik
    fach fahrer fahrt fahrzeug fall familie farbe fassung februar fehler feld fenster fernsehen festplatte feuer
    film filme finanzen firma firmen flug fläche folge folgen forderung form format forscher forscherin
    forschung foto fotos frage fragen frau frauen freigabe freiheit freitag freund frist fund funktion fähigkeit
    fälle führung gebiet gebäude gebühr gedanke gefahr gefahren gegner gehalt geld gelegenheit gemeinde
    generation gericht gerät geräte geschichte geschwindigkeit geschäft geschäftsjahr gesellschaft gesetz
    gesetze gespräch gesundheit gewalt gewinn gewinne grafikkarte grenze grenzen grund grundlage gruppe gruppen
    größe gründe gründer hacker hand handel handy haus herausforderung hersteller hilfe hinblick hinsicht
    hintergrund hinweis hinweise hoffnung hälfte höhe idee ideen ihnen ihr ihre ihrer industrie inflation
    information infrastruktur inhalt inhalte initiative inland innovation institut institution instrument
    intelligenz interesse internet investition investor investoren jahr jahre jahrhundert jahrzehnt januar job
    jobs journalist jugend jugendliche juli juni jury kabel kamera kampf kapazität kapital karte kasse kategorie
    kauf kenntnis kern kind kinder klage klasse klima klinik kläger kollege kommentar kommission kommunikation
    kompetenz komponente konferenz konflikt kongress konkurrent konkurrenten konkurrenz konsequenz kontakt
    konten kontext konto kontrolle konzept konzern kooperation kopf kopie kosten kraft kredit kreis krieg krise
    kritik kritiker kultur kunde kunden kunst kurs käufer kündigung künstliche künstlichen künstlicher kürze
    kürzung laden lage land landes lauf laufe laufzeit leben leck lehre lehrer leistung leiter lernen leser
    letzten leute licht lieferant lieferung linie liste lizenz lob logik lohn luft länder lösung lücke macht mai
    mail mails management manager mangel mann marke markt maschine material mathematik maßnahme medien medium
    mehrheit meinung meldung menge mensch menschen messe methode miete milliarde milliarden million millionen
    minderheit minister ministerium minute minuten mio missbrauch mitarbeiter mitglied mittag mitte mittel
    mittwoch modell modelle moment monat monate montag morgen motiv motor mrd musik muster mutter männer märkte
    märz nachbar nachfolge nachfolger nachfrage nachricht nachrichten nacht nachteil nachweis name namen nation
    natur netz netzwerk netzwerke neue neuen neuer neues neuheit niederlage niveau not note november nummer
    nutzen nutzer nutzung nächsten nähe objekt offenheit ohr oktober operation opfer opposition option ordnung
    organisation ort paar paket papier parlament partei partner partnerschaft passwort patent patient patienten
    pause person personal personen perspektive pflicht phase plan planung plattform plattformen platz pläne
    politik politiker polizei position post praxis preis preise presse prinzip privatsphäre problem probleme
    produkt produkte produktion professor profil programm programme projekt projekte protest prototyp prozent
    prozess prozesse prozessor prüfung publikum punkt punkte qualität quartal quelle quellen rahmen rand rang
    rat rate raum reaktion rechenleistung rechenzentren rechenzentrum rechner rechnung recht rechte rede reform
    regel regeln regierung region register reichweite reihe reise rekord rennen rente reporter republik richter
    richtung risiken risiko roboter rolle ruf ruhe runde rückgang rückkehr rücktritt sache samstag sanktion satz
    schaden schicht schirm schlag schluss schlüssel schmerz schnitt schreiben schrift schritt schritte schuld
    schule schutz schwelle schwerpunkt schwäche schäden schüler schützer see seite seiten sekunde sekunden
    sender sensor september serie server sicherheit sicht sie sieg signal sinn situation sitz sitzung smartphone
    smartphones software sommer sonntag sorge sorgen spiel spiele spieler sport sprache sprachmodell
    sprachmodelle sprecher sprecherin sprung spur staat staaten stadt standard standards standort standorte star
    start startup statistik status stelle stellen stellung steuer steuern stimme stimmen strafe strategie straße
    streik streit strom struktur student studenten studie studien studio stufe stunde stunden städte stärke
    stück suche suchmaschine summe system systeme szenario tag tage talent tarif tat team teams technik
    techniken techniker technologie teil teile teilnahme teilnehmer tempo termin test tests text texte thema
    themen theorie tier titel tochter tod ton tool tools training transparenz treffen trend typ täter tür uhr
    umfang umfeld umfrage umgang umgebung umsatz umsetzung umwelt unfall universität unterlagen unternehmen
    unternehmer unterricht unterschied unterstützung untersuchung update updates urheber urheberrecht urlaub
    ursache urteil variante vater veranstaltung verband verbesserung verbot verbrauch verbraucher verbrechen
    verbreitung verdacht verein vereinbarung verfahren verfassung verfechter verfügung vergangenheit vergleich
    verhalten verhandlung verhältnis verkauf verkehr verkäufer verlag verlage verlauf verlust verluste vermögen
    verordnung versicherung version versionen versuch versuche vertrag vertrauen vertreter vertrieb verträge
    verwaltung verwendung verzicht verzögerung veränderung video videos vielfalt viertel virus volk volumen
    vorbild vorfall vorfälle vorgabe vorgaben vorgang vorgehen vorgänger vorhaben vorjahr vorlage vormittag
    vorschlag vorschrift vorsicht vorsitz vorsitzende vorstand vorstellung vorteil vorwurf vorwürfe wachstum
    waffe wahl wahlen wandel ware warnung wasser webseite website wechsel weg wege weile weise weiteren welt
    werbung werk werke werkzeug werkzeuge wert werte wesen wettbewerb widerstand wille winter wirkung wirtschaft
    wissen wissenschaft wissenschaftler woche wochen wohnung wort worte wunsch wörter zahl zahlen zeichen
    zeichnung zeit zeiten zeitpunkt zeitraum zeitung zentrum ziel ziele zins zinsen zugang zugriff zukunft
    zusage zusammenarbeit zusammenhang zuschauer zustand zustimmung zuwachs zweck zweifel zweiten öffentlichkeit
    überblick übernahme übersicht übertragung""".split()
)

TITLES = frozenset(
    """ai analyst ceo cfo chef chefin coo cto dr eu founder frau gründer gründerin herr kanzler kanzlerin ki manager
    minister ministerin president prof professor präsident präsidentin richter richterin sprecher
    sprecherin us""".split()
)

OPENERS = frozenset(
    """a ab aber about above according across after again against all alle allein allem allen aller allerdings alles
    als also although am among an and andere anders angeblich anhand another anschließend anstatt any are as at
    auch auf aufgrund aus außer außerdem bald because before bei beide beim being bekannt below bereits
    besonders bessere between bis bisher bislang both but by can could da dabei dadurch dafür dagegen daher
    dahinter damals damit danach daneben dank dann daran darauf daraus darin darum darunter darüber das dass
    davon davor dazu dein dem demnach demnächst den denn dennoch der deren derzeit des deshalb despite dessen
    deswegen did die dies diese diesem diesen dieser dieses do doch does dort down drei du durch during each
    eben ebenfalls ebenso ein eine einem einen einer eines einige einst either endlich entgegen entsprechend er
    erneut erst erste ersten erstmals es etwa etwas even every fast ferner few first folglich following for from
    früher frühere further für ganz gedacht gefordert gefragt gegen gegenüber gemäß genau geplant gerade gesucht
    gleich gleichzeitig grund gut had has hat have he her here heute hier hierbei hierzu hingegen hinter hinzu
    his how however if ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem indes infolge innerhalb ins
    insbesondere insgesamt instead into inzwischen is ist it its ja je jede jedem jeden jeder jedes jedoch jene
    jetzt just kaum kein keine keinen keiner kurz können künftig lange last later laut lediglich less letzte
    like man manche many may meanwhile mehr mehrere mein meist meiste meisten mit mithilfe mittels mittlerweile
    more moreover most much muss must möglich nach nachdem nahezu near neben nein neither neu neue neuen neuer
    neues new next nicht nichts nie niemand no noch nor not now nun nur nächste ob oben obwohl oder of off
    offenbar oft oftmals ohne on once one only or other others our out over own parallel per plötzlich pro
    rather rund same scheinbar schon second sehr sein seine seinem seinen seiner seit seitdem selbst several she
    should sich sie since so sobald sodass sofern sogar solange solche soll sollen sollte some somit sondern
    sonst soweit sowie sowohl später spätestens statt stattdessen stets still such than that the their them then
    there therefore these they this those three through thus to together too trotz trotzdem two um und under
    ungeachtet unklar unlike unter until up upon use users verkauft very viel viele vielmehr vier voll vom von
    vor voraussichtlich vorerst vorgesehen vorher wann war waren warum was we weder wegen weil weiter weitere
    weiteren weiterer weiterhin welche wenig wenige weniger wenn wer werden were what when where whether which
    while who why wie wieder will wird with within without wo wobei wofür wohl womit would wurde wurden während
    yet you your zahlreiche zu zudem zuerst zuletzt zum zumal zumindest zunächst zur zusammen zusätzlich zuvor
    zwar zwei zwischen über überall überdies übrigens""".split()
)

_SAME = """deutschland=germany|deutsche=german|deutscher=german|deutschen=german|frankreich=france|italien=italy
spanien=spain|großbritannien=britain,uk,united kingdom|österreich=austria|schweiz=switzerland|europa=europe
europäische=european|europäischen=european|europäischer=european|niederlande=netherlands|belgien=belgium|polen=poland
schweden=sweden|dänemark=denmark|norwegen=norway|finnland=finland|irland=ireland|griechenland=greece|türkei=turkey,türkiye
russland=russia|ukraine=ukraine|indien=india|japan=japan|china=china|südkorea=south korea|nordkorea=north korea
taiwan=taiwan|brasilien=brazil|kanada=canada|mexiko=mexico|australien=australia|israel=israel|iran=iran|irak=iraq
saudi-arabien=saudi arabia|usa=us,u.s,united states,america,vereinigte staaten,vereinigten staaten|us=usa,u.s,american
amerika=america|vereinigte=united|vereinigten=united|staaten=states|kalifornien=california|münchen=munich|köln=cologne
wien=vienna|brüssel=brussels|genf=geneva|zürich=zurich|moskau=moscow|peking=beijing|mailand=milan|rom=rome|prag=prague
warschau=warsaw|kopenhagen=copenhagen|tokio=tokyo|ki=ai,artificial,künstliche,künstlicher|ai=ki|eu=european,europäische
eu-kommission=european commission|ezb=ecb|uno=un|un=united nations,vereinten nationen|iwf=imf|weltbank=world bank
weißes=white|haus=house|kongress=congress|bundesgericht=federal court|großbritanniens=britain,uk"""


def _same() -> dict[str, frozenset[str]]:
    """What means the same, both ways."""
    found: dict[str, set[str]] = {}
    for entry in _SAME.replace("\n", "|").split("|"):
        german, _, others = entry.partition("=")
        for other in others.split(","):
            found.setdefault(german, set()).add(other)
            found.setdefault(other, set()).add(german)
    return {name: frozenset(others) for name, others in found.items()}


SAME = _same()
