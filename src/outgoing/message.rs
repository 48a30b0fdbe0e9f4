//! A message as the Standard Webhooks specification has it.

use serde_json::Value;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};

use crate::clock;

/// One message with its signatures.
#[derive(Clone, Debug)]
pub struct Message {
    /// What it is about; the same each time it is sent.
    pub id: String,
    /// The body.
    pub body: String,
    timestamp: i64,
    signatures: String,
}

impl Message {
    /// A message signed with each of the secrets, as of now.
    pub fn signed(id: String, body: &Value, secrets: &[Vec<u8>]) -> Result<Self, String> {
        let body = body.to_string();
        let timestamp = clock::now().timestamp();
        let signed: Result<Vec<String>, _> = secrets
            .iter()
            .map(|secret| {
                let signer = Webhook::from_bytes(secret.clone())?;
                signer.sign(&id, timestamp, body.as_bytes())
            })
            .collect();
        let signatures = signed.map_err(|error| error.to_string())?.join(" ");
        Ok(Self {
            id,
            body,
            timestamp,
            signatures,
        })
    }

    /// The headers that the specification asks for.
    pub(super) fn headers(&self) -> [(&'static str, String); 3] {
        [
            (HEADER_WEBHOOK_ID, self.id.clone()),
            (HEADER_WEBHOOK_TIMESTAMP, self.timestamp.to_string()),
            (HEADER_WEBHOOK_SIGNATURE, self.signatures.clone()),
        ]
    }
}
