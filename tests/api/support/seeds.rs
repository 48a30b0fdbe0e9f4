//! The municipality's own documents, which are not part of this repository.

use std::path::Path;

/// The budget of 2023.
pub(crate) const BUDGET_2023: &str = "000_e6fb545333eb9a77.txt";
/// The page of one goal of 2024.
pub(crate) const PAGE_2024: &str = "003_b312061b4cf751fb.txt";

/// A document, or nothing where the folder is not there: then the test says
/// so. Under `MALBILD_REQUIRE_SEEDS` that is a failure.
pub(crate) fn seed(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/seeds"));
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(
                std::env::var_os("MALBILD_REQUIRE_SEEDS").is_none(),
                "{name} is needed here: {error}"
            );
            eprintln!("skipped: the municipality's documents are not in ../shared/seeds");
            None
        }
    }
}
