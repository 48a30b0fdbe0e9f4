//! stub
use diesel_async::{AsyncConnection, AsyncPgConnection};
/// stub
#[derive(Debug, Clone)]
pub struct Target(pub String);
impl Target {
    /// stub
    pub fn parse(url: &str) -> Result<Self, String> {
        Ok(Self(url.to_owned()))
    }
    /// stub
    pub async fn diesel(&self) -> Result<AsyncPgConnection, String> {
        AsyncPgConnection::establish(&self.0)
            .await
            .map_err(|e| e.to_string())
    }
}
