//! What the columns mean, in Swedish. The English words stand with the members themselves.

/// What a column of a list of `owner`s means; empty for what no list has.
pub(super) fn description(owner: &str, column: &str) -> &'static str {
    of_one(owner, column).unwrap_or_else(|| of_all(column))
}

/// The columns that mean something of their own in one list.
fn of_one(owner: &str, column: &str) -> Option<&'static str> {
    Some(match (owner, column) {
        ("Achievement", "year") => "Året då det gjordes.",
        ("Assessment" | "Report", "year") => "Året som uppföljningen gäller.",
        ("Investment", "year") => "Året som pengarna är avsatta för.",
        ("Goal", "position") => "Målets plats bland årets mål.",
        ("ListedGoalIndicator", "position") => "Nyckeltalets plats bland målets nyckeltal.",
        ("Assessment", "status") => "Hur målet bedöms.",
        ("Assessment", "comment") => "Varför målet bedöms så.",
        ("Report", "status") => "Hur långt nämnden har kommit med uppdraget.",
        ("Report", "comment") => "Vad nämnden skriver om uppdraget.",
        ("Report", "boardId") => "Nämnden som svarar.",
        ("Investment", "boardId") => "Nämnden som har pengarna.",
        ("Investment", "title") => "Vad pengarna ska gå till.",
        ("IndicatorValue", "status") => {
            "Hur säkert värdet är: final (definitivt), preliminary (preliminärt), missing (saknas) eller confidential (sekretess)."
        }
        ("Target", "anchor") => "Var meningen står i källan.",
        ("Target", "statement") => "Meningen som sätter målvärdet, ordagrant.",
        ("Target", "kind") => {
            "Vad målvärdet gäller: numeric (tal), share (andel), boolean (ja eller nej), rank (placering) eller trend (riktning)."
        }
        ("Target", "value") => "Målvärdet: det som ska nås.",
        ("Target", "unit") => "Enheten som målvärdet anges i.",
        ("Board", "kind") => "Slag av organ: fullmäktige, styrelse, nämnd, utskott eller bolag.",
        ("Municipality", "kind") => "Om det är en kommun, en region eller riket.",
        ("Goal", "name") => "Målets namn, om det har ett vid sidan av formuleringen.",
        ("Budget", "description") => "Mer om budgeten, i stycken.",
        _ => return None,
    })
}

/// The columns that mean the same wherever they stand.
fn of_all(column: &str) -> &'static str {
    match column {
        "achievementId" | "investmentId" | "targetId" => "Nyckeln.",
        "goalId" => "Målets nyckel.",
        "assignmentId" => "Uppdragets nyckel.",
        "boardId" => "Nämndens nyckel: ett kortnamn.",
        "groupId" => "Kommungruppens kod.",
        "indicatorCode" => "Nyckeltalets kod.",
        "municipalityCode" => {
            "Kommunkod, fyra siffror; 00 och länskoden för en region, 0000 för riket."
        }
        "municipalityCodes" => "Kommunerna som ingår.",
        "year" => "Året som värdet gäller.",
        "gender" => "Vem värdet gäller: T (alla), K (kvinnor), M (män).",
        "value" => "Värdet, exakt. Tomt om det saknas eller är sekretessbelagt.",
        "provenance" => {
            "Varifrån värdet kommer: reported (inrapporterat), kolada (Källa: Kolada) eller derived (härlett)."
        }
        "note" => "Det som en läsare behöver veta om värdet.",
        "createdAt" => "När raden skapades (UTC).",
        "updatedAt" => "När raden senast ändrades (UTC).",
        "budgetYear" => "Budgetåret.",
        "number" => "Målets nummer i dokumentet.",
        "statement" => "Målformuleringen.",
        "politicalText" => "Den politiska texten: fullmäktiges resonemang, i stycken.",
        "position" => "Platsen i ordningen.",
        "predecessorIds" => "Målen från tidigare år som det här målet fortsätter.",
        "sdgs" => "De globala mål i Agenda 2030 som det bidrar till, 1–17.",
        "sourceTitle" => "Källans titel.",
        "sourceUrl" => "Källans adress.",
        "sourcePublishedOn" => "Dagen då källan publicerades.",
        "sourceUpdatedOn" => "Dagen då källan senast uppdaterades.",
        "title" => "Titeln.",
        "name" => "Namnet.",
        "description" => "Mer om det, i stycken.",
        "decidedBy" => "Vem som beslutade.",
        "decidedOn" => "Dagen för beslutet.",
        "origin" => "Vem som gav uppdraget: council (fullmäktige) eller board (nämnden själv).",
        "originBoardId" => "Nämnden som gav sig uppdraget.",
        "allBoards" => "Om uppdraget gäller alla nämnder.",
        "boardIds" => "Nämnderna som uppdraget gäller.",
        "status" => "Hur långt det har kommit.",
        "startsOn" => "Första dagen.",
        "dueOn" => "Dagen då det ska vara klart.",
        "anchor" => "Meningen i den politiska texten som uppdraget kommer ur.",
        "validFrom" => "Första dagen som organet finns.",
        "validTo" => "Sista dagen som organet finns.",
        "successorBoardId" => "Nämnden som tog över.",
        "text" => "Vad som har gjorts.",
        "achievedOn" => "Dagen då det gjordes.",
        "period" => "Uppföljningen: T1 och T2 (delår) eller annual (årsredovisning).",
        "assessedOn" => "Dagen för bedömningen.",
        "reportedOn" => "Dagen då nämnden svarade.",
        "amount" => "Beloppet i kronor, exakt.",
        "definition" => "Hur nyckeltalet mäts.",
        "unit" => "Enheten som värdena anges i.",
        "decimals" => "Hur många decimaler som visas.",
        "direction" => {
            "Vilket håll som är bättre: higherIsBetter (högre), lowerIsBetter (lägre) eller none."
        }
        "dividedByGender" => "Om det finns värden för kvinnor och för män.",
        "responsibleBoardId" => "Nämnden som svarar för värdena.",
        "publisher" => "Vem som publicerar nyckeltalet.",
        "publisherId" => "Utgivarens beteckning.",
        "operatingArea" => "Verksamhetsområdet.",
        "perspective" => "Perspektivet, till exempel kvalitet eller resurser.",
        "publicationPeriod" => "Publiceringsperioden.",
        "nextPublication" => "Dagen för nästa publicering.",
        "valuesDue" => "Dagen på året då värdena senast ska vara inrapporterade.",
        "discontinuedOn" => "Dagen då nyckeltalet upphörde.",
        "replacedByCode" => "Nyckeltalet som ersätter det.",
        "role" => {
            "keyFigure (nyckeltal), eller indicator (indikator) när målet har ett målvärde för det."
        }
        "countyCode" => "Länskoden, två siffror.",
        "kind" => "Slaget.",
        "operator" => "Hur värdet ska förhålla sig till målvärdet.",
        "upperValue" => "Den övre gränsen.",
        "targetYear" => "Målåret: året då det ska vara nått.",
        "baselineYear" => "Basåret: året som det räknas från.",
        "baselineValue" => "Basvärdet: värdet som det räknas från.",
        "outcomeFulfilled" => "Om målvärdet är uppfyllt.",
        "outcomeOn" => "Dagen då det uppfylldes.",
        "outcomeComment" => "Det som en läsare behöver veta om utfallet.",
        _ => "",
    }
}
