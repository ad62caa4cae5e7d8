import os

from loyalty_admin.web import logs

wsgi_app = "config.wsgi"
worker_class = "gthread"
# Twice the cores, but a container often sees more cores than it may use.
workers = int(os.environ.get("WEB_CONCURRENCY") or min(2 * (os.cpu_count() or 1), 8))
threads = 8
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# TRUSTED_PROXIES alone decides whose X-Forwarded-… headers count.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
logconfig_dict = logs.configuration(readable=False)
