//! What people look at, in a bucket of S3.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use store::{Archive, StoreError};

use crate::error::store_error;

/// An archive in S3. It only ever puts.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: Client,
    name: String,
    region: String,
}

impl Bucket {
    /// The bucket of that name. `config` brings the region, the credentials, the HTTP client, timeouts, retries and a
    /// behaviour version.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        Self { client: Client::new(config), name: name.into(), region }
    }
}

impl Archive for Bucket {
    async fn put(&self, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let put = self.client.put_object().bucket(&self.name).key(name).content_type(content_type);
        let put = put.body(ByteStream::from(bytes)).send().await;
        put.map(drop).map_err(|error| store_error("could not put a sheet into the bucket of reports", error))
    }

    /// The object's page in the console, for whoever is logged in and may read it. A link that is signed in advance would let
    /// everybody in who has it, and would end with the role's credentials, within hours.
    fn place(&self, name: &str) -> String {
        let Self { name: bucket, region, .. } = self;
        format!("https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={name}")
    }
}
