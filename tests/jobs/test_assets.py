"""Assets: kept once under their digest, signed, proved, and refused when a byte or a key is wrong."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from securesystemslib.signer import CryptoSigner

from gonogo.jobs.asset_errors import AssetDamaged, AssetNotFound
from gonogo.jobs.asset_schemas import Asset, Input, Origin
from gonogo.jobs.assets.commands import MOST_BYTES
from gonogo.jobs.assets.sending import keep_there
from gonogo.jobs.assets.signing import load_signer, read_public, write_public
from gonogo.jobs.assets.statement import PREDICATE, STATEMENT, sign_asset, verify_statement
from gonogo.jobs.assets.stores.folder import FolderStore
from gonogo.jobs.connectors.connector import FilesNotKept, Run
from gonogo.jobs.queues.remote import Address
from gonogo.jobs.schemas import Claim
from gonogo.kernel.config import Config, ConfigError
from tests.people import Server

DATA = b"a picture of the pier" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
ORIGIN = {
    "job": "j1",
    "type": "render",
    "connector": "comfyui",
    "model": "tiny",
    "inputs": [{"name": "seed", "sha256": DIGEST}],
}


async def keep(server: Server, data: bytes = DATA, **params: str) -> Any:
    answer = await server.operator.post(
        "/api/assets",
        params={"name": "pier.png", "origin": json.dumps(ORIGIN), **params},
        content=data,
        headers={"Content-Type": "image/png"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def test_an_asset_is_kept_and_read(server: Server) -> None:
    asset = await keep(server)
    assert (asset["sha256"], asset["size"], asset["media_type"]) == (DIGEST, len(DATA), "image/png")
    content = await server.viewer.get(f"/api/assets/{asset['id']}/content")
    assert content.content == DATA
    assert content.headers["content-disposition"] == "attachment"
    assert [one["id"] for one in (await server.viewer.get("/api/assets?job=j1")).json()["data"]] == [asset["id"]]
    assert (await server.viewer.get("/api/assets?job=other")).json()["data"] == []


async def test_the_same_bytes_lie_there_once(server: Server, config: Config) -> None:
    first, second = await keep(server), await keep(server)
    assert first["id"] != second["id"]
    kept = [path for path in (config.folder / "assets").rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [DIGEST]
    assert list((config.folder / "assets.partial").iterdir()) == []


async def test_a_statement_says_how_it_came_to_be(server: Server) -> None:
    asset = await keep(server)
    told = (await server.viewer.post(f"/api/assets/{asset['id']}/verify")).json()["data"]
    assert told["_type"] == STATEMENT
    assert told["predicateType"] == PREDICATE
    assert told["subject"] == [{"name": "pier.png", "digest": {"sha256": DIGEST}}]
    assert told["predicate"]["model"] == "tiny"
    assert told["predicate"]["inputs"] == [{"name": "seed", "digest": {"sha256": DIGEST}}]


async def test_changed_bytes_are_found(server: Server, config: Config) -> None:
    asset = await keep(server)
    (config.folder / "assets" / DIGEST[:2] / DIGEST).write_bytes(b"something else")
    answer = await server.viewer.post(f"/api/assets/{asset['id']}/verify")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("asset-damaged")
    assert "have changed" in answer.json()["detail"]


async def test_lost_bytes_are_told(server: Server, config: Config) -> None:
    asset = await keep(server)
    (config.folder / "assets" / DIGEST[:2] / DIGEST).unlink()
    assert (await server.viewer.get(f"/api/assets/{asset['id']}/content")).status_code == 404


@pytest.mark.parametrize(("params", "status"), [({"origin": "[]"}, 422), ({"origin": "{"}, 422), ({"name": ""}, 422)])
async def test_bad_words_are_refused(server: Server, params: dict[str, str], status: int) -> None:
    answer = await server.operator.post("/api/assets", params={"name": "x", **params}, content=b"x")
    assert answer.status_code == status
    assert (await server.viewer.get("/api/assets")).json()["data"] == []


async def test_a_viewer_keeps_nothing(server: Server, config: Config) -> None:
    answer = await server.viewer.post("/api/assets", params={"name": "x"}, content=b"x")
    assert answer.status_code == 403
    assert not (config.folder / "assets").exists()


async def test_too_much_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    monkeypatch.setattr("gonogo.jobs.assets.commands.MOST_BYTES", 10)
    assert MOST_BYTES > 1 << 30
    answer = await server.operator.post("/api/assets", params={"name": "x"}, content=b"x" * 11)
    assert answer.status_code == 413
    assert list((config.folder / "assets.partial").iterdir()) == []


def make_asset() -> Asset:
    origin = Origin(job="j1", type="render", inputs=(Input("seed", DIGEST),))
    return Asset(
        id="a1",
        name="pier.png",
        sha256=DIGEST,
        size=len(DATA),
        media_type="image/png",
        made_at="",
        made_by="Ada",
        origin=origin,
    )


def test_only_the_right_key_and_the_right_bytes_prove() -> None:
    signer, stranger = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ed25519()
    signed = sign_asset(make_asset(), signer)
    key = read_public(write_public(signer))
    assert verify_statement(signed, key, DIGEST)["predicate"]["job"] == "j1"
    with pytest.raises(AssetDamaged, match="not signed by this key"):
        verify_statement(signed, stranger.public_key, DIGEST)
    with pytest.raises(AssetDamaged, match="these bytes are"):
        verify_statement(signed, key, "0" * 64)


@pytest.mark.parametrize("member", ["payload", "payloadType", "signatures"])
def test_a_changed_envelope_proves_nothing(member: str) -> None:
    signer = CryptoSigner.generate_ed25519()
    signed = sign_asset(make_asset(), signer)
    for spoiled in ({**signed, member: "AAAA"}, {name: value for name, value in signed.items() if name != member}):
        with pytest.raises(AssetDamaged):
            verify_statement(spoiled, signer.public_key, DIGEST)


def test_the_key_is_kept_for_its_owner(tmp_path: Path) -> None:
    first = load_signer(tmp_path)
    assert load_signer(tmp_path).public_key == first.public_key
    assert (tmp_path / "assets.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "assets.key").write_text("-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(ConfigError, match="whole private key"):
        load_signer(tmp_path)


def test_bytes_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(AssetNotFound):
        next(FolderStore(tmp_path).read(DIGEST))


def test_a_file_is_proved_without_a_server(tmp_path: Path) -> None:
    signer = CryptoSigner.generate_ed25519()
    (tmp_path / "pier.png").write_bytes(DATA)
    (tmp_path / "s.json").write_bytes(msgspec.json.encode(sign_asset(make_asset(), signer)))
    (tmp_path / "k.pem").write_text(write_public(signer))
    gonogo = Path(sys.executable).with_name("gonogo")
    command = [gonogo, "assets", "verify", "pier.png", "--statement", "s.json", "--key", "k.pem"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout[:7]) == (0, "PROVED:"), ran.stderr
    (tmp_path / "pier.png").write_bytes(DATA + b"!")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "these bytes are" in ran.stderr


async def test_a_worker_elsewhere_hands_over_what_it_made(server: Server, config: Config, tmp_path: Path) -> None:
    (tmp_path / "pier.png").write_bytes(DATA)
    address = Address(server.url, (config.folder / "local.key").read_text().strip())
    claim = Claim(id="j7", fence=1, attempt=1, type="render", payload={})
    run = Run(claim, keep_there(lambda: address))
    told = await run.produce(tmp_path / "pier.png", model="tiny", inputs=[{"name": "seed", "sha256": DIGEST}])
    assert (told["sha256"], told["media_type"]) == (DIGEST, "image/png")
    [kept] = (await server.viewer.get("/api/assets?job=j7")).json()["data"]
    assert kept["origin"] == {
        "job": "j7",
        "type": "render",
        "model": "tiny",
        "inputs": [{"name": "seed", "sha256": DIGEST}],
    }


async def test_a_worker_without_a_server_says_so(tmp_path: Path) -> None:
    (tmp_path / "pier.png").write_bytes(DATA)
    run = Run(Claim(id="j7", fence=1, attempt=1, type="render", payload={}), keep_there(lambda: None))
    with pytest.raises(FilesNotKept):
        await run.produce(tmp_path / "pier.png")
