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
/// How long a client may take nothing before it is given up.
const STALLED: Duration = Duration::from_secs(120);

/// A piece of the body, or why there are no more.
pub(super) type Piece = Result<Bytes, Problem>;

/// Where an export is written to.
pub(super) struct Sink {
    /// What has been written and not been passed on.
    pub(super) buffer: Vec<u8>,
    coder: Option<GzEncoder<Vec<u8>>>,
    pieces: Sender<Piece>,
}

/// The two ends of a body, compressed or not.
pub(super) fn body(compressed: bool) -> (Sink, Receiver<Piece>) {
    let (pieces, taken) = channel(WAITING);
    let coder = compressed.then(|| GzEncoder::new(Vec::new(), Compression::new(5)));
    let sink = Sink {
        buffer: Vec::with_capacity(PIECE + 4096),
        coder,
        pieces,
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
        self.give(Ok(piece.into())).await
    }

    async fn give(&self, piece: Piece) -> bool {
        if piece.as_ref().is_ok_and(Bytes::is_empty) {
            return !self.pieces.is_closed();
        }
        matches!(timeout(STALLED, self.pieces.send(piece)).await, Ok(Ok(())))
    }

    /// Waits until the client is gone.
    pub(super) fn left(&self) -> impl Future<Output = ()> + Send + 'static {
        let pieces = self.pieces.clone();
        async move { pieces.closed().await }
    }

    /// Passes on what is left: the body is whole.
    pub(super) async fn end(mut self) {
        if !self.send().await {
            return;
        }
        if let Some(coder) = self.coder.take()
            && let Ok(rest) = coder.finish()
        {
            self.give(Ok(rest.into())).await;
        }
    }

    /// The body ends here and is not whole: the client must see that.
    pub(super) async fn cut(self, problem: Problem) {
        self.give(Err(problem)).await;
    }
}

/// The pieces as the server takes them, after the first.
pub(super) fn stream(first: Bytes, rest: Receiver<Piece>) -> impl Stream<Item = Piece> {
    futures_util::stream::unfold((Some(first), rest), async |(first, mut rest)| {
        let piece = match first {
            Some(first) => Some(Ok(first)),
            None => rest.recv().await,
        };
        piece.map(|piece| (piece, (None, rest)))
    })
}
