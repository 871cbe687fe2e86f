/// Dockerfiles as projects have them: official examples, templates of frameworks, and what people make of them.
enum RealFiles {
    static let files: [(name: String, text: String)] = [
        (
            "go-scratch-tls",
            #"""
            FROM golang:1.25 AS builder
            WORKDIR /build
            COPY go.mod go.sum ./
            RUN go mod download
            COPY . .
            RUN go build -o main ./cmd/server
            FROM scratch
            COPY --from=builder /build/main /
            CMD ["/main"]

            """#
        ),
        (
            "node-naive",
            #"""
            FROM node:18
            WORKDIR /usr/src/app
            COPY package*.json ./
            RUN npm install
            COPY . .
            EXPOSE 8080
            CMD npm start

            """#
        ),
        (
            "node-yarn-ws",
            #"""
            FROM node:22-bookworm-slim AS builder
            WORKDIR /repo
            COPY package.json yarn.lock .yarnrc.yml ./
            COPY .yarn ./.yarn
            COPY packages/api/package.json packages/api/
            COPY packages/web/package.json packages/web/
            RUN yarn install --immutable
            COPY . .
            RUN yarn workspace api build
            FROM node:22-bookworm-slim
            WORKDIR /app
            COPY --from=builder /repo ./
            RUN chown -R node:node /app
            USER node
            CMD ["yarn", "workspace", "api", "start"]

            """#
        ),
        (
            "py-django",
            #"""
            FROM python:3.12-slim-bookworm

            ENV PYTHONUNBUFFERED 1
            ENV DJANGO_SECRET_KEY=django-insecure-k2j3h4k2j3h4
            ENV DATABASE_URL=postgres://app:S3cr3tPw99@db:5432/app

            RUN apt-get update && apt-get install -y build-essential libpq-dev gettext curl
            RUN mkdir /code
            WORKDIR /code
            COPY requirements.txt /code/
            RUN pip install --upgrade pip && pip install -r requirements.txt
            COPY . /code/
            COPY entrypoint.sh /entrypoint.sh
            RUN chmod +x /entrypoint.sh
            RUN python manage.py collectstatic --noinput
            ENTRYPOINT ["/entrypoint.sh"]
            CMD ["gunicorn", "proj.wsgi"]

            """#
        ),
        (
            "py-uv",
            #"""
            FROM python:3.13-slim-bookworm AS builder
            COPY --from=ghcr.io/astral-sh/uv:0.9.2 /uv /uvx /bin/
            ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
            WORKDIR /app
            RUN --mount=type=cache,target=/root/.cache/uv \
                --mount=type=bind,source=uv.lock,target=uv.lock \
                --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
                uv sync --frozen --no-install-project --no-dev
            ADD . /app
            RUN --mount=type=cache,target=/root/.cache/uv \
                uv sync --frozen --no-dev

            FROM python:3.13-slim-bookworm
            COPY --from=builder --chown=app:app /app /app
            ENV PATH="/app/.venv/bin:$PATH"
            CMD ["fastapi", "run", "--host", "0.0.0.0", "/app/src/x"]

            """#
        ),
        (
            "java-spring-layers",
            #"""
            FROM eclipse-temurin:21-jdk-alpine AS builder
            WORKDIR /workspace/app
            COPY mvnw .
            COPY .mvn .mvn
            COPY pom.xml .
            RUN --mount=type=cache,target=/root/.m2 ./mvnw dependency:go-offline
            COPY src src
            RUN --mount=type=cache,target=/root/.m2 ./mvnw install -DskipTests && mkdir -p target/dependency && (cd target/dependency; jar -xf ../*.jar)

            FROM eclipse-temurin:21-jre-alpine
            VOLUME /tmp
            ARG DEPENDENCY=/workspace/app/target/dependency
            COPY --from=builder ${DEPENDENCY}/BOOT-INF/lib /app/lib
            COPY --from=builder ${DEPENDENCY}/META-INF /app/META-INF
            COPY --from=builder ${DEPENDENCY}/BOOT-INF/classes /app
            RUN addgroup -S spring && adduser -S spring -G spring
            USER spring
            ENTRYPOINT ["sh", "-c", "java ${JAVA_OPTS} -cp app:app/lib/* hello.Application ${0} ${@}"]

            """#
        ),
        (
            "dotnet-order",
            #"""
            FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
            WORKDIR /src
            COPY . .
            RUN dotnet restore
            RUN dotnet publish -c Release -o /out --no-restore
            FROM mcr.microsoft.com/dotnet/runtime-deps:9.0-noble-chiseled
            COPY --from=build /out /app
            ENTRYPOINT ["/app/App"]

            """#
        ),
        (
            "php-composer-late",
            #"""
            FROM php:8.3-cli
            COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
            COPY . /app
            WORKDIR /app
            RUN composer install
            CMD ["php", "artisan", "serve"]

            """#
        ),
        (
            "cpp-single",
            #"""
            FROM ubuntu:18.04
            RUN apt-get update && apt-get install -y g++ cmake git && apt-get clean
            RUN git clone https://github.com/acme/lib.git /lib-src && cd /lib-src && cmake . && make && make install
            COPY . /src
            WORKDIR /src
            RUN g++ -O2 -o app main.cpp
            CMD ./app

            """#
        ),
        (
            "win-nano",
            #"""
            # escape=`
            FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS build
            RUN curl -o go.zip https://go.dev/dl/go1.25.windows-amd64.zip && tar -xf go.zip
            COPY . C:\src
            WORKDIR C:\src
            RUN C:\go\bin\go build -o C:\app.exe .
            FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
            COPY --from=build C:\app.exe C:\app.exe
            USER ContainerUser
            CMD C:\app.exe

            """#
        ),
        (
            "onbuild-base",
            #"""
            FROM node:22-alpine
            ONBUILD WORKDIR /app
            ONBUILD COPY package.json package-lock.json ./
            ONBUILD RUN npm ci
            ONBUILD COPY . .
            CMD ["node", "."]

            """#
        ),
        (
            "apache-sed",
            #"""
            FROM httpd:2.4
            RUN apt-get update
            RUN apt-get install -y vim
            COPY ./public-html/ /usr/local/apache2/htdocs/
            RUN cd /usr/local/apache2
            RUN export FOO=bar
            RUN sed -i 's/80/8080/' /usr/local/apache2/conf/httpd.conf
            RUN service apache2 start
            CMD httpd-foreground

            """#
        ),
        (
            "swift-vapor",
            #"""
            FROM swift:6.0-noble AS build
            RUN export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true && apt-get -q update && apt-get -q dist-upgrade -y && apt-get install -y libjemalloc-dev
            WORKDIR /build
            COPY ./Package.* ./
            RUN swift package resolve
            COPY . .
            RUN swift build -c release --product App --static-swift-stdlib -Xlinker -ljemalloc
            WORKDIR /staging
            RUN cp "$(swift build --package-path /build -c release --show-bin-path)/App" ./
            FROM ubuntu:noble
            RUN apt-get -q update && apt-get -q install -y libjemalloc2 ca-certificates tzdata && rm -r /var/lib/apt/lists/*
            RUN useradd --user-group --create-home --system --skel /dev/null --home-dir /app vapor
            WORKDIR /app
            COPY --from=build --chown=vapor:vapor /staging /app
            USER vapor:vapor
            EXPOSE 8080
            ENTRYPOINT ["./App"]
            CMD ["serve", "--env", "production", "--hostname", "0.0.0.0", "--port", "8080"]

            """#
        ),
        (
            "py-conda",
            #"""
            FROM continuumio/miniconda3:24.7.1-0
            WORKDIR /app
            COPY environment.yml .
            RUN conda env create -f environment.yml
            SHELL ["conda", "run", "-n", "myenv", "/bin/bash", "-c"]
            RUN python -c "import flask"
            COPY run.py .
            ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "myenv", "python", "run.py"]

            """#
        ),
        (
            "ruby-naive",
            #"""
            FROM ruby:2.7
            RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
            WORKDIR /myapp
            ADD . /myapp
            RUN bundle install
            COPY entrypoint.sh /usr/bin/
            RUN chmod +x /usr/bin/entrypoint.sh
            ENTRYPOINT ["entrypoint.sh"]
            EXPOSE 3000
            CMD ["rails", "server", "-b", "0.0.0.0"]

            """#
        ),
    ]
}
