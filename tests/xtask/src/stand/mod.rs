//! A stand: the system deployed to a local AWS, between twins of Shopify, a CRM and Slack. It lives as long as its
//! value does.

pub(crate) mod addresses;
pub(crate) mod archive;
pub(crate) mod aws;
pub(crate) mod build;
pub(crate) mod chat;
pub(crate) mod control;
pub(crate) mod crm;
pub(crate) mod deliveries;
mod deploy;
pub(crate) mod folder;
pub(crate) mod logs;
mod ministack;
pub(crate) mod queues;
pub(crate) mod settle;
pub(crate) mod stack;
pub(crate) mod template;
pub(crate) mod twins;
pub(crate) mod vendor;
pub(crate) mod venv;

use anyhow::Result;
use serde_json::json;

use crate::command::SHOP;
use crate::progress::{step, title};
use crate::stand::addresses::Addresses;
use crate::stand::aws::Aws;
use crate::stand::build::Built;
use crate::stand::chat::Chat;
use crate::stand::control::Control;
use crate::stand::crm::Crm;
use crate::stand::folder::Folder;
use crate::stand::ministack::Ministack;
use crate::stand::stack::Outputs;
use crate::stand::twins::Twins;
use crate::stand::vendor::Vendor;
use crate::stand::venv::{STAND, Venv};

/// Everything running.
#[derive(Debug)]
pub(crate) struct Stand {
    /// How to reach it.
    pub(crate) addresses: Addresses,
    /// The local AWS.
    pub(crate) aws: Aws,
    /// The Shopify twin.
    pub(crate) shopify: Control,
    /// The CRM's twin.
    pub(crate) crm: Crm,
    /// The chat's twin.
    pub(crate) chat: Chat,
    /// Where this run keeps its files.
    pub(crate) folder: Folder,
    _twins: Twins,
    _ministack: Ministack,
}

impl Stand {
    /// Builds, starts and deploys everything, and says so step by step.
    pub(crate) async fn start(release: bool, vendor: Vendor) -> Result<Self> {
        title(&format!("Starting a stand: a local AWS, a Shopify, a {} and a Slack", vendor.name()));
        let venv = step("Python environment (.local/venv)", Venv::ready(&STAND)).await?;
        let built = step("functions, built for this machine", Built::now(release, &venv)).await?;
        let folder = Folder::new()?;
        let ministack = step("MiniStack", Ministack::start(&venv, &folder.path)).await?;
        let twins = step("twins of Shopify, the CRM and Slack", Twins::start(vendor)).await?;
        let aws = ministack.aws()?;
        let outputs = step(
            "template.yaml, deployed through CloudFormation",
            deploy::deploy(&aws, &built, &twins, vendor),
        )
        .await?;
        let addresses = addresses(&ministack, &aws, &twins, vendor, outputs)?;
        let (shopify, crm) = (Control::at(&twins.shopify())?, Crm::at(vendor, &twins.crm())?);
        let chat = Chat::at(&twins.slack())?;
        let stand = Self { addresses, aws, shopify, crm, chat, folder, _twins: twins, _ministack: ministack };
        step("the shop, and the CRM with its fields", stand.furnish()).await?;
        Ok(stand)
    }

    /// What the stack says about itself.
    pub(crate) fn outputs(&self) -> &Outputs {
        &self.addresses.outputs
    }

    /// The shop and the CRM, as they are before the first customer comes.
    async fn furnish(&self) -> Result<()> {
        twins::furnish(&self.shopify).await?;
        self.crm.furnish(&self.addresses.crm).await?;
        let to = json!({"url": self.addresses.webhook_url, "host": self.addresses.webhook_host});
        self.shopify.put(&format!("/_twin/shops/{SHOP}/subscription"), &to).await.map(drop)
    }
}

fn addresses(
    ministack: &Ministack,
    aws: &Aws,
    twins: &Twins,
    vendor: Vendor,
    outputs: Outputs,
) -> Result<Addresses> {
    let port = ministack.port();
    Ok(Addresses {
        webhook_url: format!("{}/webhooks", aws.endpoint()),
        webhook_host: format!("{}.execute-api.localhost:{port}", outputs.get("WebhookApiId")?),
        aws: aws.endpoint().to_owned(),
        shopify: twins.shopify(),
        vendor,
        crm: twins.crm(),
        slack: twins.slack(),
        outputs,
    })
}
