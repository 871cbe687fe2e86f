/// Dockerfiles as people write them, with what is easily got wrong.
package enum HandWritten {
    package static let files: [String] = [
        """
        FROM debian:12
        MAINTAINER  "Ada Lovelace" <ada@example.com>
        ENV  GREETING  hello   there \\
            friend
        RUN apt-get update && \\
            # what the service needs
            apt-get install curl \\
              git   # and that

        CMD  /usr/bin/serve   --port=80

        """,
        """
        # escape=`
        FROM debian:12
        RUN apt-get update && `
            apt-get install -y curl
        CMD /app --path C:\\temp

        """,
        """
        FROM golang:1.25 AS Build
        WORKDIR /src
        COPY go.mod go.sum .
        RUN go build -o /out/app .

        FROM scratch
        COPY --from=Build /out/app /app
        ENTRYPOINT /app

        """,
        """
        FROM alpine:3.22
        RUN <<EOF
        apk add bash
        apk add 'curl' "git"
        EOF
        RUN apk add --update tzdata; echo "done && apk add x"
        HEALTHCHECK CMD wget -q http://localhost || exit 1
        HEALTHCHECK NONE

        """,
        """
        FROM debian:12
        RUN ["apt-get", "install", "curl"]
        RUN  ["apt-get","install","-y",  "curl" ]
        SHELL ["/bin/bash", "-c"]
        RUN curl https://example.com/x | tar xz
        ENTRYPOINT ["/a"]
        ENTRYPOINT ["/b"]
        CMD ["x"]
        CMD y z

        """,
        """
        FROM debian:12
        ONBUILD RUN apt-get install curl
        ONBUILD CMD a b
        ONBUILD WORKDIR rel
        WORKDIR rel
        WORKDIR /abs/
        WORKDIR ../up
        WORKDIR "with space"
        WORKDIR $HOME/x

        """,
        """
        FROM node:22
        COPY package.json yarn.lock /app
        WORKDIR app
        RUN yarn install --frozen-lockfile
        RUN npm install -g express && npm cache clean --force
        EXPOSE 80/TCP 53/Udp
        ENV PATH $PATH:/app/node_modules/.bin
        ENV A=b C d

        """,
        """
        from debian:12
        run apt-get install -y \\

            curl

        Copy a /b
        cmd ["x"]

        """,
        """
        FROM --platform=$TARGETPLATFORM debian:12 as base
        FROM base AS Final
        COPY --from=BASE /x /y
        RUN --mount=type=bind,from=Base,target=/b pip install -r /b/r.txt

        """,
        """
        FROM fedora:42
        RUN dnf install httpd && dnf -y install php
        RUN yum install -y x; yum update
        RUN zypper in vim && zypper install git
        RUN (yum install a) || true
        RUN if true; then yum install b; fi
        RUN yum install c &
        RUN ! yum install d

        """,
        """
        FROM debian:12
        RUN apt-get install -y curl;
        RUN apt-get install -y curl && \\
        \t:
        RUN set -e; apt-get update; apt-get install -y x; echo
        RUN { apt-get update; apt-get install x; } > /dev/null
        RUN apt-get update \\
         && apt-get install -y a \\
         ;

        """,
        """
        FROM debian:12
        CMD
        ENTRYPOINT []
        CMD [ "a", "b" ]
        CMD "quoted program" arg
        CMD a "b c" 'd e' f\\ g
        CMD exec a
        CMD $APP run

        """,
        """
        FROM python:3.12-slim
        RUN pip install a b==1 && python -m pip install c
        RUN pip install --upgrade pip
        RUN pip install "d>=1" 'e[x]'
        RUN useradd -u 1234567 -m app && wget https://example.com/f && wget -O x https://example.com/g

        """,
        """
        FROM debian:12
        ADD file.txt dir/ /dest/
        ADD archive.tar.gz /x/
        ADD --chown=a:b file /file
        ADD ["with space", "/d"]
        ADD $FILE /f
        COPY a b c
        COPY a b "c d"
        COPY ["a", "b", "c"]

        """,
        """
        FROM debian:12
        LABEL  key value with words
        LABEL a=b c="d" e='f'
        LABEL "x y" z
        ENV K "quoted value"
        ENV K 'single'
        ENV K a\\ b
        ENV K $OTHER/x "y"
        ENV K a=b
        ENV K     trailing

        """,
        """
        FROM debian:12
        # comment with \\
        RUN echo a \\
        # inside
          # indented
          && apt-get install b \\
        # last
        # hadolint ignore=DL3008
        RUN apt-get install c

        """,
        """
        FROM debian:12
        RUN <<-SCRIPT bash
        \tapt-get update
        \tapt-get install x
        \tSCRIPT
        RUN cat <<A <<B
        apt-get install y
        A
        apt-get install z
        B
        COPY <<ONE <<TWO /dir
        1
        ONE
        2
        TWO

        """,
        """
        FROM golang:1.25 AS build
        RUN go build -ldflags '-X main.v=1' -o /a . && go build -ldflags "$FLAGS" -o /b . && \\
            go build -ldflags=-s -o /c . && go build \\
              -tags x \\
              -o /d ./d && env GOOS=linux go build -o /e
        FROM scratch
        COPY --from=build /a /b /c /d /e /

        """,
        "FROM debian:12\nONBUILD MAINTAINER x\nRUN a\n",
        "FROM debian:12\nRUN apt-get install x",
        "FROM debian:12\nRUN apt-get install x \\",
        "FROM debian:12\nRUN apt-get install x \\\n",
        "FROM debian:12\nCMD a\nCMD b",
        "\u{FEFF}FROM debian:12\nRUN apt-get install x\n",
        "FROM debian:12\nMAINTAINER Zo\u{eb} \"Z\" $x \\y 'q'\n",
        "\n\n  FROM debian:12\n\tRUN   apt-get   install   x\n",
        "ARG A=1\nFROM debian:12 AS Final\nARG A\nRUN echo $A\nFROM final\nENV X y\n",
    ]
}
