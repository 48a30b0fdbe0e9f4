//! What the program is made of: licences that allow it, from one registry.

use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

/// The licences that a dependency may have (SPDX).
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_has_an_allowed_licence_and_comes_from_the_registry() {
    let cargo = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        cargo.status.success(),
        "{}",
        String::from_utf8_lossy(&cargo.stderr)
    );
    let metadata: Value = serde_json::from_slice(&cargo.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100);
    let mut wrong = Vec::new();
    let mut registry = None;
    for package in packages
        .iter()
        .filter(|package| package["name"] != "malbild")
    {
        let name = format!("{} {}", package["name"], package["version"]);
        // One registry for all, and no git repository or folder of somebody's.
        let source = package["source"].as_str().unwrap_or_default();
        let registry = registry.get_or_insert_with(|| source.to_owned());
        if !source.starts_with("registry+") || source != registry {
            wrong.push(format!("{name} comes from {}", package["source"]));
        }
        let licence = package["license"].as_str().unwrap_or_default();
        let allowed = Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|licence| {
            licence.evaluate(|one| {
                one.license
                    .id()
                    .is_some_and(|id| ALLOWED.contains(&id.name))
            })
        });
        if !allowed {
            wrong.push(format!("{name} has the licence {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
