//! The workspace on a port of this machine.

use std::{io, net::SocketAddr};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::workspace::Workspace;

/// A workspace that answers on 127.0.0.1, until this is dropped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Workspace {
    /// Answers on this port of 127.0.0.1 (0: any free one).
    ///
    /// # Errors
    /// The port is taken.
    pub async fn listen(&self, port: u16) -> io::Result<Listening> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let router = self.router();
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Listening { address, task })
    }
}

impl Listening {
    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the server ends by itself, which it only does by failing.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn wait(mut self) -> io::Result<()> {
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}
