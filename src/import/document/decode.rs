//! Bytes to text: the encoding, the line ends, the letters' form.
use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::doubts::{Doubt, DoubtCode, Refusal, RefusalCode};

/// UTF-8 for å, ä, ö, é and their capitals starts with this byte. In Windows-1252 it is
/// "Ã", which no Swedish word has before a letter's second half.
const SWEDISH_LEAD: u8 = 0xC3;

/// The text in NFC with LF as its only line end. Tabs and form feeds stay: the first
/// separate the contents list's columns, the second are page breaks.
///
/// UTF-8 with or without a byte order mark, else Windows-1252. A control character has no
/// place in a political text and could stand for a lost letter, so it is refused, not dropped.
pub(super) fn decode(bytes: &[u8], doubts: &mut Vec<Doubt>) -> Result<String, Refusal> {
    refuse_wide_encodings(bytes)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => read_as_windows_1252(bytes, error.valid_up_to(), doubts)?,
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    refuse_control_characters(&text)?;
    doubt_damaged_letters(&text, doubts);
    Ok(if text.is_ascii() || is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    })
}

fn refuse_wide_encodings(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let detail = "the text is UTF-16 or UTF-32; save it as UTF-8";
        return Err(Refusal::new(
            Some(1),
            RefusalCode::UnsupportedEncoding,
            detail,
        ));
    }
    Ok(())
}

/// A text that is UTF-8 but for a few bytes is refused: read as Windows-1252 it would be
/// full of "Ã¥", and no reader of a report of doubts would catch every one.
fn read_as_windows_1252<'a>(
    bytes: &'a [u8],
    first_bad: usize,
    doubts: &mut Vec<Doubt>,
) -> Result<Cow<'a, str>, Refusal> {
    let before = bytes.get(..first_bad).unwrap_or(bytes);
    let line = line_after(before);
    let continues = |pair: &[u8]| matches!(pair, [SWEDISH_LEAD, 0x80..=0xBF]);
    if bytes.windows(2).any(continues) {
        let detail = "the text is UTF-8 in part; this line has bytes that are not";
        return Err(Refusal::new(Some(line), RefusalCode::MixedEncoding, detail));
    }
    let detail = "the text is not UTF-8; it was read as Windows-1252, which holds Latin-1";
    doubts.push(Doubt::new(line, DoubtCode::ReadAsWindows1252, detail));
    Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// The number of the line that starts or goes on after these bytes.
fn line_after(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| matches!(pair, [b'\r', next] if *next != b'\n');
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    1 + feeds + bytes.windows(2).filter(|pair| ends(pair)).count()
}

fn refuse_control_characters(text: &str) -> Result<(), Refusal> {
    let mut line = 1;
    for character in text.chars() {
        match character {
            '\n' => line += 1,
            // A vertical tab is a word processor's line break inside a paragraph.
            '\t' | '\u{c}' | '\u{b}' => {}
            other if other.is_control() => {
                let detail = format!(
                    "the control character U+{:04X} stands here",
                    u32::from(other)
                );
                return Err(Refusal::new(
                    Some(line),
                    RefusalCode::ControlCharacter,
                    detail,
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// "Ã¥", "Ã¤", "Ã¶" are letters encoded twice; U+FFFD stands where one was lost.
fn doubt_damaged_letters(text: &str, doubts: &mut Vec<Doubt>) {
    const SIGNS: [&str; 4] = ["Ã¥", "Ã¤", "Ã¶", "\u{FFFD}"];
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return;
    }
    for (index, line) in text.lines().enumerate() {
        if SIGNS.iter().any(|sign| line.contains(sign)) {
            let detail = "letters on this line look damaged; they were left as they are";
            doubts.push(Doubt::new(index + 1, DoubtCode::DamagedLetters, detail));
        }
    }
}
