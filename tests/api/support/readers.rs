//! Independent readers of what the service writes: programs in Python that use
//! other libraries than the ones that wrote it (`tests/readers`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The Python of the readers' own environment, which `script/bootstrap test` makes.
fn python() -> PathBuf {
    // The folder beside, in the folder of what is built.
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = tmp.parent().expect("a folder").join("readers");
    let wanted = include_str!("../../readers/requirements.txt");
    let there = std::fs::read_to_string(folder.join("requirements.txt"));
    assert!(
        there.is_ok_and(|there| there == wanted),
        "the readers' Python environment is not there, or of an earlier time: run script/bootstrap test"
    );
    folder.join("bin/python")
}

/// What `tests/readers/{name}.py` says with these arguments of `input`; fails
/// when it fails. It runs beside the test, so that it can ask the service itself.
pub(crate) async fn read(name: &str, arguments: &[&str], input: &[u8]) -> Value {
    let mut command = Command::new(python());
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/readers/{name}.py")))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let input = input.to_vec();
    let run = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("Python runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        // One that does not read all of it says why itself.
        let _ = pipe.write_all(&input);
        drop(pipe);
        child.wait_with_output().expect("an end")
    });
    let output = run.await.expect("run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}.py failed: {said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
