//! The real program as a child process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Longer than a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running `malbild serve`.
pub(crate) struct Program {
    /// `http://127.0.0.1:…`
    pub(crate) base: String,
    /// The address of the metrics.
    pub(crate) metrics: String,
    child: Child,
    output: [mpsc::Receiver<String>; 2],
}

/// What a program said and how it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// Standard output and standard error.
    pub(crate) output: String,
}

/// The program with these settings and no others.
pub(crate) fn command(settings: &[(&str, &str)]) -> Command {
    super::provide_cryptography();
    let mut command = Command::new(env!("CARGO_BIN_EXE_malbild"));
    command.env_clear().envs(settings.iter().copied());
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts `malbild serve` and waits until it says that it is ready.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let (port, metrics) = (free_port(), free_port());
        let addresses = [
            ("LISTEN_ADDR", format!("127.0.0.1:{port}")),
            ("METRICS_ADDR", format!("127.0.0.1:{metrics}")),
        ];
        let mut command = command(settings);
        command.envs(addresses);
        let mut child = command.spawn().expect("the program starts");
        let (ready, told) = mpsc::channel();
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        let output = [
            listen(stdout, move |line| {
                if line.contains("is ready") {
                    let _ = ready.send(());
                }
            }),
            listen(stderr, |_| {}),
        ];
        let program = Self {
            base: format!("http://127.0.0.1:{port}"),
            metrics: format!("http://127.0.0.1:{metrics}/metrics"),
            child,
            output,
        };
        told.recv_timeout(PATIENCE)
            .expect("the program says that it is ready");
        program
    }

    /// Stops it as an operator would and answers all that it said.
    pub(crate) fn stop(self) -> Ended {
        self.terminate();
        self.wait()
    }

    /// Tells it to stop.
    pub(crate) fn terminate(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("a signal");
    }

    /// Kills it.
    pub(crate) fn kill(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::KILL).expect("a signal");
    }

    /// Waits for its end and answers all that it said.
    pub(crate) fn wait(mut self) -> Ended {
        ended(&mut self.child, &self.output)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program that must end by itself.
pub(crate) fn run(mut command: Command) -> Ended {
    let mut child = command.spawn().expect("the program starts");
    let stdout = child.stdout.take().expect("a pipe");
    let stderr = child.stderr.take().expect("a pipe");
    let output = [listen(stdout, |_| {}), listen(stderr, |_| {})];
    ended(&mut child, &output)
}

/// Waits for the program's end. All it says has been said when its pipes close.
fn ended(child: &mut Child, output: &[mpsc::Receiver<String>; 2]) -> Ended {
    let said: Option<String> = output
        .iter()
        .map(|said| said.recv_timeout(PATIENCE).ok())
        .collect();
    if said.is_none() {
        let _ = child.kill();
    }
    Ended {
        status: child.wait().expect("a status"),
        output: said.expect("the program ends in time"),
    }
}

/// Reads a pipe to its end, line by line; then answers all of it.
fn listen(
    pipe: impl Read + Send + 'static,
    mut heard: impl FnMut(&str) + Send + 'static,
) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut all = Vec::new();
        let mut from = 0;
        while pipe.read_until(b'\n', &mut all).is_ok_and(|read| read > 0) {
            heard(&String::from_utf8_lossy(&all[from..]));
            from = all.len();
        }
        let _ = sender.send(String::from_utf8_lossy(&all).into_owned());
    });
    receiver
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
