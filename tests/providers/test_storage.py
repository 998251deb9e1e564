"""Files are kept with the transaction that brought them, in a folder or a bucket."""

import io

import boto3
import pytest
from botocore.stub import ANY, Stubber

from app.kernel.database import db
from providers.storage import (
    BucketStorage,
    FolderStorage,
    MissingFile,
    keep,
    new_key,
    storage_from,
)


@pytest.fixture
def folder(tmp_path):
    return FolderStorage(tmp_path / "files")


def test_a_folder_gives_back_what_it_was_given_until_it_is_deleted(folder):
    key = new_key()
    folder.put(key, io.BytesIO(b"content"))
    with folder.open(key) as content:
        assert content.read() == b"content"
    folder.delete(key)
    with pytest.raises(MissingFile):
        folder.open(key)


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "ab/../../x", "", "ab/xyz"])
def test_only_a_key_of_ours_names_a_file(folder, key):
    with pytest.raises(ValueError, match="not the key"):
        folder.open(key)


def test_a_rollback_leaves_no_file_behind_and_a_commit_keeps_it(sqlite_app_context, folder):
    lost = keep(folder, io.BytesIO(b"lost"))
    db.session.rollback()
    kept = keep(folder, io.BytesIO(b"kept"))
    db.session.commit()
    db.session.rollback()

    with pytest.raises(MissingFile):
        folder.open(lost)
    folder.open(kept).close()


def test_a_bucket_is_asked_by_key_under_its_prefix():
    client = boto3.client("s3", region_name="eu-west-2", aws_access_key_id="a",
                          aws_secret_access_key="b")  # fmt: skip
    key = new_key()
    place = {"Bucket": "evidence", "Key": f"fairplace/{key}"}
    with Stubber(client) as stub:
        stub.add_response("put_object", {}, place | {"Body": ANY})
        stub.add_response("delete_object", {}, place)
        stub.add_client_error("get_object", "NoSuchKey", expected_params=place)
        bucket = BucketStorage(client, "evidence", "fairplace/")
        bucket.put(key, io.BytesIO(b"content"))
        bucket.delete(key)
        with pytest.raises(MissingFile):
            bucket.open(key)


def test_a_setting_names_the_storage(tmp_path):
    asked = []

    def connect(service, **options):
        asked.append((service, options))

    assert isinstance(storage_from(f"folder://{tmp_path}"), FolderStorage)
    address = "s3://evidence/fairplace/?endpoint_url=https://files.example.org"
    assert isinstance(storage_from(address, connect), BucketStorage)
    assert asked == [("s3", {"endpoint_url": "https://files.example.org"})]


@pytest.mark.parametrize("url", ["", "folder://", "ftp://somewhere", "s3:///nothing"])
def test_any_other_setting_is_refused(url):
    with pytest.raises(ValueError, match="names no storage"):
        storage_from(url)
    with pytest.raises(ValueError, match="boto3"):
        storage_from("s3://evidence", None)
