//! A private PostgreSQL as its users see it. Every test has a server and a folder of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

use crate::database::test_folder::{Folder, settings};

use super::{Cluster, Private, PrivateError, PrivateSettings, Reached, Urls, tools};

/// A bound against hanging, not a measure.
const BOUND: Duration = Duration::from_secs(60);
/// Set for the process that a test starts in order to kill it.
const HELPER: &str = "MALBILD_TEST_KEEPS_POSTGRESQL_IN";

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Polls until it holds, or fails the test after the bound.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < BOUND, "{what}: not within {BOUND:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn lives(pid: u32) -> bool {
    // A process that ended and was not collected yet has no working folder.
    Path::new(&format!("/proc/{pid}"))
        .join("cwd")
        .read_link()
        .is_ok()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_a_new_start() {
    let folder = Folder::new();
    let first = Private::start(&folder.settings()).await.unwrap();
    let owner = connect(&first.urls().owner).await;
    owner
        .batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        .await
        .unwrap();
    let pid = first.pid().unwrap();
    first.stop().await;
    assert!(!lives(pid));

    let second = Private::start(&folder.settings()).await.unwrap();
    let row = connect(&second.urls().owner)
        .await
        .query_one("SELECT n FROM kept", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i32>(0), 7);
    second.stop().await;
    assert!(
        !folder
            .settings()
            .data_dir
            .join("data/postmaster.pid")
            .exists()
    );
}

#[tokio::test]
async fn a_second_start_in_the_same_folder_is_refused_and_the_first_can_be_attached_to() {
    let folder = Folder::new();
    assert_eq!(Private::attach(&folder.settings()).await.unwrap(), None);
    let first = Private::start(&folder.settings()).await.unwrap();

    let refused = Private::start(&folder.settings()).await.unwrap_err();
    assert!(matches!(refused, PrivateError::Running { .. }), "{refused}");
    assert!(
        refused.to_string().contains("MALBILD_DATA_DIR"),
        "{refused}"
    );

    let urls = Private::attach(&folder.settings()).await.unwrap().unwrap();
    assert_eq!(&urls, first.urls());
    connect(&urls.runtime)
        .await
        .simple_query("SELECT 1")
        .await
        .unwrap();
    let reached = Private::attach_or_start(&folder.settings()).await.unwrap();
    assert!(matches!(reached, Reached::Theirs(_)));
    reached.stop().await;
    assert!(
        lives(first.pid().unwrap()),
        "whoever attached does not stop the server"
    );

    first.stop().await;
    assert_eq!(Private::attach(&folder.settings()).await.unwrap(), None);
    let reached = Private::attach_or_start(&folder.settings()).await.unwrap();
    assert!(matches!(reached, Reached::Ours(_)));
    reached.stop().await;
}

#[tokio::test]
async fn the_runtime_role_owns_nothing_and_changes_no_role() {
    let folder = Folder::new();
    let private = Private::start(&folder.settings()).await.unwrap();
    let runtime = connect(&private.urls().runtime).await;
    for sql in [
        "CREATE TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE malbild SUPERUSER",
        "ALTER ROLE malbild_owner PASSWORD 'x'",
        "SET ROLE malbild_owner",
        "ALTER DATABASE malbild OWNER TO malbild",
    ] {
        let error = runtime.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{sql}");
    }
    let owner = connect(&private.urls().owner).await;
    owner
        .batch_execute("CREATE TABLE theirs (n int)")
        .await
        .unwrap();
    assert!(runtime.batch_execute("SELECT * FROM theirs").await.is_err());
    for (name, value) in [
        ("lc_messages", "C"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
    ] {
        let row = owner
            .query_one("SELECT current_setting($1)", &[&name])
            .await
            .unwrap();
        assert_eq!(row.get::<_, String>(0), value, "{name}");
    }
    private.stop().await;
}

#[tokio::test]
async fn data_of_another_major_version_is_explained() {
    let folder = Folder::new();
    let settings = folder.settings();
    std::fs::create_dir_all(settings.data_dir.join("data")).unwrap();
    std::fs::write(settings.data_dir.join("data/PG_VERSION"), "9\n").unwrap();
    let error = Private::start(&settings).await.unwrap_err();
    let PrivateError::WrongVersion {
        made_by, installed, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(made_by, "9");
    let text = error.to_string();
    for part in [
        "made by PostgreSQL 9",
        installed.as_str(),
        "pg_upgrade",
        "pg_dump",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_folder_without_the_programs_is_named() {
    let folder = Folder::new();
    let mut settings = folder.settings();
    settings.bin_dir = Some(folder.0.clone());
    let text = Private::start(&settings).await.unwrap_err().to_string();
    assert!(text.contains(&folder.0.display().to_string()), "{text}");
    assert!(text.contains("DATABASE_URL"), "{text}");
}

#[tokio::test]
async fn a_server_that_cannot_start_is_quoted_with_its_own_words() {
    let folder = Folder::new();
    let private = Private::start(&folder.settings()).await.unwrap();
    private.stop().await;
    let control = folder.settings().data_dir.join("data/global/pg_control");
    std::fs::remove_file(control).unwrap();
    let error = Private::start(&folder.settings()).await.unwrap_err();
    assert!(matches!(error, PrivateError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("pg_control"), "{error}");
}

#[tokio::test]
async fn root_is_told_which_folder_its_replacement_cannot_enter() {
    use std::os::unix::fs::PermissionsExt as _;
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root runs PostgreSQL as another account");
        return;
    }
    let folder = Folder::new();
    let closed = folder.0.join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    let error = Private::start(&settings(closed.join("inner/data")))
        .await
        .unwrap_err();
    let PrivateError::Unreachable { blocked, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(blocked, &closed);
    assert!(error.to_string().contains("MALBILD_DATA_DIR"), "{error}");
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_a_short_folder() {
    let folder = Folder::new();
    let settings = settings(folder.0.join("långt".repeat(20)));
    let private = Private::start(&settings).await.unwrap();
    connect(&private.urls().runtime)
        .await
        .simple_query("SELECT 1")
        .await
        .unwrap();
    let urls = Private::attach(&settings).await.unwrap();
    assert_eq!(urls.as_ref(), Some(private.urls()));
    let socket_dir = Cluster::in_folder(&settings.data_dir)
        .pid_file()
        .ready_socket_dir()
        .unwrap();
    assert!(
        !socket_dir.starts_with(&folder.0),
        "{}",
        socket_dir.display()
    );
    private.stop().await;
    std::fs::remove_dir(socket_dir).unwrap();
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_everything_in_it() {
    let folder = Folder::new();
    let private = Private::start(&PrivateSettings {
        durable: true,
        ..folder.settings()
    })
    .await
    .unwrap();
    let owner = connect(&private.urls().owner).await;
    owner
        .batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        .await
        .unwrap();
    let killed = private.pid().unwrap();
    kill(killed);
    let url = &private.urls().owner;
    until("a query is answered again", async || {
        let Ok((client, connection)) = tokio_postgres::connect(url, NoTls).await else {
            return false;
        };
        tokio::spawn(connection);
        client.query_one("SELECT n FROM kept", &[]).await.is_ok()
    })
    .await;
    assert_ne!(private.pid(), Some(killed));
    private.stop().await;
}

#[tokio::test]
async fn a_killed_service_takes_its_server_down_cleanly_and_can_start_again() {
    let folder = Folder::new();
    let settings = folder.settings();
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "database::private::tests::helper_that_keeps_a_server",
            "--nocapture",
        ])
        .env(HELPER, &settings.data_dir)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut urls: Option<Urls> = None;
    until("the helper's server runs", async || {
        assert!(helper.try_wait().unwrap().is_none(), "the helper ended");
        urls = Private::attach(&settings).await.unwrap();
        urls.is_some()
    })
    .await;
    let cluster = Cluster::in_folder(&settings.data_dir.canonicalize().unwrap());
    let server = u32::try_from(cluster.pid_file().pid().unwrap().as_raw_nonzero().get()).unwrap();
    assert!(lives(server));
    helper.kill().unwrap();
    helper.wait().unwrap();

    // At once: the old server may still be writing its last.
    let again = Private::start(&settings).await.unwrap();
    assert!(
        !lives(server),
        "the old server ended before the new one began"
    );
    let old_log = std::fs::read_to_string(cluster.log.with_extension("log.1")).unwrap();
    assert!(
        old_log.contains("database system is shut down"),
        "{old_log}"
    );
    assert!(
        !std::fs::read_to_string(&cluster.log)
            .unwrap()
            .contains("was not properly shut down")
    );
    again.stop().await;
}

/// Not a test by itself: the process that is killed in the test above.
#[tokio::test]
async fn helper_that_keeps_a_server() {
    let Some(data_dir) = std::env::var_os(HELPER) else {
        return;
    };
    let _private = Private::start(&settings(data_dir.into())).await.unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_is_no_obstacle() {
    let folder = Folder::new();
    let private = Private::start(&folder.settings()).await.unwrap();
    kill_for_good(private, &folder).await;
    let path = folder.settings().data_dir.join("data/postmaster.pid");
    std::fs::write(&path, format!("{}\n", std::process::id())).unwrap();
    let again = Private::start(&folder.settings()).await.unwrap();
    again.stop().await;
}

/// Kills the server and keeps its service from starting it again.
async fn kill_for_good(private: Private, folder: &Folder) {
    let pid = private.pid().unwrap();
    kill(pid);
    drop(private);
    until("nobody holds the folder", async || {
        Private::attach(&folder.settings()).await.unwrap().is_none()
    })
    .await;
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_version_is_read_from_what_the_program_says() {
    for (text, major) in [
        (
            "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n",
            Some("15"),
        ),
        ("postgres (PostgreSQL) 18beta1", Some("18")),
        ("postgres", None),
    ] {
        assert_eq!(tools::major_of(text).as_deref(), major, "{text}");
    }
}

#[test]
fn a_url_escapes_what_a_path_may_hold() {
    let urls = Urls::new(Path::new("/å b?&#%/run"));
    assert_eq!(
        urls.runtime,
        "postgresql://malbild@/malbild?host=%2F%C3%A5%20b%3F%26%23%25%2Frun"
    );
}

#[tokio::test]
async fn a_folder_that_holds_other_things_is_refused_and_left_as_it_was() {
    let folder = Folder::new();
    let settings = folder.settings();
    std::fs::create_dir_all(&settings.data_dir).unwrap();
    std::fs::write(settings.data_dir.join("hosts"), "127.0.0.1 localhost").unwrap();
    let refused = Private::start(&settings).await.unwrap_err();
    assert!(matches!(refused, PrivateError::Foreign { .. }), "{refused}");
    let there: Vec<_> = std::fs::read_dir(&settings.data_dir).unwrap().collect();
    assert_eq!(there.len(), 1);
}
