//! The body of an export: made piece by piece, no faster than the client takes it.

use std::io::Write;
use std::time::Duration;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::Stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use crate::problem::Problem;

/// How large a piece is, at least.
const PIECE: usize = 64 * 1024;
/// How many pieces may wait for the client.
const WAITING: usize = 2;
/// A piece of the body, or why there are no more. The last piece of a whole body is an
/// empty one: where it does not come, something was lost on the way, whatever it was.
pub(super) type Piece = Result<Bytes, Problem>;

/// Where an export is written to.
pub(super) struct Sink {
    /// What has been written and not been passed on.
    pub(super) buffer: Vec<u8>,
    coder: Option<GzEncoder<Vec<u8>>>,
    pieces: Sender<Piece>,
    /// How long a client may take nothing before it is given up.
    patience: Duration,
}

/// The two ends of a body, compressed or not, whose client may take nothing for so long.
pub(super) fn body(compressed: bool, patience: Duration) -> (Sink, Receiver<Piece>) {
    let (pieces, taken) = channel(WAITING);
    let coder = compressed.then(|| GzEncoder::new(Vec::new(), Compression::new(5)));
    let sink = Sink {
        buffer: Vec::with_capacity(PIECE + 4096),
        coder,
        pieces,
        patience,
    };
    (sink, taken)
}

impl Sink {
    /// Passes on what there is, if it is enough for a piece. False when the client
    /// is gone, or takes nothing any more.
    pub(super) async fn pass_on(&mut self) -> bool {
        self.buffer.len() < PIECE || self.send().await
    }

    async fn send(&mut self) -> bool {
        let piece = match &mut self.coder {
            None => std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE + 4096)),
            Some(coder) => {
                // Writing to memory does not fail.
                let _ = coder.write_all(&self.buffer);
                self.buffer.clear();
                std::mem::take(coder.get_mut())
            }
        };
        self.give(piece).await
    }

    async fn give(&self, piece: Vec<u8>) -> bool {
        piece.is_empty() || self.push(piece.into()).await
    }

    async fn push(&self, piece: Bytes) -> bool {
        let pushed = timeout(self.patience, self.pieces.send(Ok(piece))).await;
        matches!(pushed, Ok(Ok(())))
    }

    /// Waits until the client is gone.
    pub(super) fn left(&self) -> impl Future<Output = ()> + Send + 'static {
        let pieces = self.pieces.clone();
        async move { pieces.closed().await }
    }

    /// Passes on what is left, and that the body is whole.
    pub(super) async fn end(mut self) {
        let mut passed = self.send().await;
        if let Some(coder) = self.coder.take() {
            passed = passed
                && match coder.finish() {
                    Ok(rest) => self.give(rest).await,
                    Err(_) => false,
                };
        }
        if passed {
            self.push(Bytes::new()).await;
        }
    }

    /// The body ends here and is not whole. Before the first piece the client is told
    /// why; later, where there may be no room for it, the end that is missing tells.
    pub(super) fn cut(self, problem: Problem) {
        let _ = self.pieces.try_send(Err(problem));
    }
}

/// The next piece, `None` after a whole body, and a problem where it ends otherwise.
pub(super) async fn next(pieces: &mut Receiver<Piece>) -> Option<Piece> {
    match pieces.recv().await {
        Some(Ok(last)) if last.is_empty() => None,
        Some(piece) => Some(piece),
        None => Some(Err(Problem::database_unavailable())),
    }
}

/// The pieces as the server takes them, after the first.
pub(super) fn stream(first: Bytes, rest: Receiver<Piece>) -> impl Stream<Item = Piece> {
    let begun = (Some(first), Some(rest));
    futures_util::stream::unfold(begun, async |(first, rest)| {
        if let Some(first) = first {
            return Some((Ok(first), (None, rest)));
        }
        // After a problem there is nothing more.
        let mut rest = rest?;
        let piece = next(&mut rest).await?;
        let rest = piece.is_ok().then_some(rest);
        Some((piece, (None, rest)))
    })
}
