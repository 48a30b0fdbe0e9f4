DROP TABLE webhook_deliveries;
DROP TABLE webhook_states;
DROP TABLE webhook_secrets;
DROP TABLE webhooks;
