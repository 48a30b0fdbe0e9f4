//! The summary for people.

use std::fmt;

use super::report::{KeyFigures, Listed, Report, Revised, Values};

/// How many of a list are told; the others are counted.
const MOST_TOLD: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        if let Some(begun) = self.resumed_from {
            let begun = begun.format("%Y-%m-%d %H:%M UTC");
            writeln!(
                f,
                "Went on with the import of {begun}, which was interrupted; what it had done is not counted here."
            )?;
        }
        let (changes, all) = (self.asked_for_changes, self.asked_for_all);
        if changes + all > 0 {
            writeln!(
                f,
                "Asked for figures: {changes} times for what has changed, {all} times for everything."
            )?;
        }
        self.key_figures.fmt(f)?;
        list(
            f,
            "municipality created",
            &self.municipalities,
            |f, code| f.write_str(code),
        )?;
        list(f, "group created", &self.groups_created, |f, id| {
            f.write_str(id)
        })?;
        list(f, "group updated", &self.groups_updated, |f, id| {
            f.write_str(id)
        })?;
        list(f, "group left", &self.groups_left, |f, left| {
            write!(f, "{}: {}", left.what, left.reason)
        })?;
        self.values.fmt(f)?;
        list(
            f,
            "Kolada's status of a figure, which is not kept",
            &self.statuses,
            |f, text| write!(f, "{text:?}"),
        )?;
        if self.dry_run {
            writeln!(f, "This was a dry run: nothing was written.")?;
        }
        Ok(())
    }
}

impl fmt::Display for KeyFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Key figures: {} created, {} retitled, {} discontinued, {} gone, {} otherwise updated, {} unchanged.",
            self.created.total,
            self.retitled.total,
            self.discontinued.total,
            self.gone.total,
            self.updated,
            self.unchanged
        )?;
        list(f, "created", &self.created, |f, one| {
            write!(f, "{}: {}", one.indicator_code, one.title)
        })?;
        list(f, "retitled", &self.retitled, |f, one| {
            write!(f, "{}: {} → {}", one.indicator_code, one.before, one.after)
        })?;
        list(f, "discontinued", &self.discontinued, |f, one| {
            write!(
                f,
                "{} from {}: {}",
                one.indicator_code, one.discontinued_on, one.title
            )
        })?;
        list(f, "gone: Kolada does not have", &self.gone, |f, id| {
            f.write_str(id)
        })?;
        list(f, "left", &self.left, |f, left| {
            write!(f, "{}: {}", left.what, left.reason)
        })
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Values: {} created, {} revised, {} withdrawn, {} unchanged, {} kept (not Kolada's), {} left out.",
            self.created,
            self.revised.total,
            self.withdrawn.total,
            self.unchanged,
            self.kept,
            self.left_out.total
        )?;
        list(f, "revised", &self.revised, |f, one| {
            write!(
                f,
                "{}: {} → {}",
                key(one),
                figure(one.before.as_ref()),
                figure(one.after.as_ref())
            )
        })?;
        list(f, "withdrawn", &self.withdrawn, |f, one| {
            write!(f, "{}: {}", key(one), figure(one.before.as_ref()))
        })?;
        list(f, "left out", &self.left_out, |f, left| {
            write!(f, "{}: {}", left.what, left.reason)
        })
    }
}

fn key(one: &Revised) -> String {
    let key = &one.key;
    let (code, area) = (&key.indicator_code, &key.municipality_code);
    format!("{code} {area} {} {}", key.year, key.gender.word())
}

/// The number, or why there is none; and where it is not Kolada's, where it came from.
fn figure(content: Option<&crate::resources::values::ValueContent>) -> String {
    let Some(content) = content else {
        return "nothing".to_owned();
    };
    let figure = content
        .value
        .map_or(content.status.word().to_owned(), |value| value.to_string());
    match content.provenance {
        crate::resources::values::Provenance::Kolada => figure,
        other => format!("{figure} ({})", other.word()),
    }
}

/// The first of a list, a line each, and how many more there are.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    list: &Listed<T>,
    one: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    let told = list.items.len().min(MOST_TOLD);
    for item in &list.items[..told] {
        write!(f, "  {what} ")?;
        one(f, item)?;
        writeln!(f)?;
    }
    match list.total - told as u64 {
        0 => Ok(()),
        more => writeln!(f, "  {what}: {more} more"),
    }
}
