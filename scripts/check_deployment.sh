#!/bin/sh
# Checks migrations and the settings of a production deployment: check_deployment.sh PYTHON
set -eu
python=$1
fresh() { "$python" -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(int(os.sys.argv[1]))).decode())' "$1"; }

export DEBUG=off HTTPS=on ENV_FILE=/dev/null ALLOWED_HOSTS=loyalty.example.com DATABASE_URL=sqlite://:memory:
SECRET_KEY=$(fresh 60)
TOKEN_KEYS=$(fresh 32)
export SECRET_KEY TOKEN_KEYS

"$python" manage.py makemigrations --check --dry-run
"$python" manage.py check --deploy --fail-level WARNING
