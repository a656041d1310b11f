-- a copy must not speak for the shops: forget what opens them
UPDATE aliexpress_account
   SET state = 'draft',
       app_key = NULL,
       app_secret = NULL,
       access_token = NULL,
       refresh_token = NULL,
       is_push_enabled = false;

-- whoever connects a shop of the copy again does not reach AliExpress by mistake: enter another gateway to try things out
INSERT INTO ir_config_parameter (key, value)
     VALUES ('aliexpress_connector.gateway_url', 'https://neutralized.invalid')
ON CONFLICT (key) DO UPDATE
        SET value = EXCLUDED.value;
