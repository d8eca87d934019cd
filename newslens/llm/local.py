"""A small model on this machine: llama.cpp's OpenAI-compatible server inside the process (extra `local`)."""

from pathlib import Path
from typing import Any, Self

from newslens.errors import ConfigurationError, MissingExtra

# Small models fall into loops and never close a string; with this, each of our schemas comes to an end.
_AGAINST_REPEATING, _REMEMBERED = 1.15, 256
_SILENT, _CHATTY = -1, 3  # llama.cpp's own log levels; the lower one writes nothing at all


class LocalServer:
    """Serves one GGUF file on a free loopback port while the `with` block lasts.

    Example:
        with LocalServer(Path("model.gguf")) as server:
            client = Client(server.model, base_url=server.base_url)

    Args:
        gguf: the model file.
        context: window in tokens that one request may fill.
        parallel: requests answered at the same time, each with a window of its own.
        port: loopback port; 0 takes a free one.
        log: let llama.cpp write its log to stderr.

    Raises:
        ConfigurationError: the file is not there or is no model that llama.cpp can load.
        MissingExtra: the extra `local` is not installed.
    """

    def __init__(self, gguf: Path, *, context: int = 4096, parallel: int = 1, port: int = 0, log: bool = False) -> None:
        if not gguf.is_file():
            raise ConfigurationError(f"No model file at {gguf}. Give the path of a .gguf file.")
        self._gguf = gguf
        self._context = context
        self._parallel = parallel
        self._port = port
        self._log = log
        self._server: Any = None

    def __repr__(self) -> str:
        return f"LocalServer({self._gguf.name!r})"

    @property
    def model(self) -> str:
        """Name of the model as the server gives it: the file's name without its ending."""
        return self._gguf.stem

    @property
    def base_url(self) -> str:
        """Where the server listens, for `Client(base_url=…)`."""
        if self._server is None:
            raise ConfigurationError(f"{self!r} is not running. Use it in a `with` block, or call start().")
        return f"{self._server.listening_address}/v1"

    def start(self) -> Self:
        """Load the model and listen; does nothing when it runs already."""
        if self._server is None:
            self._server = self._listening()
        return self

    def stop(self) -> None:
        """Stop listening and free the model."""
        self._server = None  # the server ends with its last reference

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _listening(self) -> Any:
        try:
            import xllamacpp
        except ImportError as error:
            raise MissingExtra.named("local", "a model on this machine") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(self._gguf)
        params.model_alias = {self.model}  # else answers carry the path of the file
        params.hostnames = ["127.0.0.1"]
        params.port = self._port
        params.n_ctx = self._context * self._parallel
        params.n_parallel = self._parallel
        params.verbosity = _CHATTY if self._log else _SILENT
        params.sampling.penalty_repeat = _AGAINST_REPEATING
        params.sampling.penalty_last_n = _REMEMBERED
        params.cors_origins = "http://127.0.0.1"  # its default lets any web page in a browser talk to it
        params.ui = params.endpoint_slots = False
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise ConfigurationError(f"llama.cpp cannot load {self._gguf.name}: {error}") from error
