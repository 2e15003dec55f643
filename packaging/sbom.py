#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the bill of materials of a release as SPDX 2.3 in JSON: every file of the tarball with its checksum and licence,
and the libraries that plait is linked to, which are those that `plait --version --verbose` lists.

    sbom.py TARBALL OUT

The same tarball gives the same bytes: the time is that of SOURCE_DATE_EPOCH."""
import datetime
import hashlib
import json
import os
import re
import sys
import tarfile

LICENCE = re.compile(rb"SPDX-License-Identifier: ([A-Za-z0-9.-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.-]+)*)")
VERSION = re.compile(r"^project\(plait VERSION ([0-9.]+) ", re.M)
# print_library(stream, "jansson", jansson_version_str(), "MIT");
LIBRARY = re.compile(r'print_library\(stream, "([^"]+)",[^"]*"([^"]+)"\);')


def licence_of(name, content):
    """What one of the first lines says; files that cannot hold a comment are under the licence of the whole."""
    match = LICENCE.search(b"\n".join(content.splitlines()[:3]))
    if match:
        return match.group(1).decode()
    if name.startswith("LICENSES/"):
        return "NOASSERTION"  # the text of a licence itself
    return "MIT"


def files_of(tarball):
    """(name below the directory of the release, content) in the order of names."""
    with tarfile.open(tarball) as archive:
        found = [(member.name.split("/", 1)[1], archive.extractfile(member).read())
                 for member in archive.getmembers() if member.isfile()]
    return sorted(found)


def libraries_of(source):
    """(name, licence), which versions.c prints: also the libraries of both compilers and of both MPIs."""
    found = [pair for pair in LIBRARY.findall(re.sub(r"\s+", " ", source)) if pair[0] != "libplait"]
    if len(found) < 5:
        sys.exit("sbom.py: drivers/versions.c names no libraries: has print_library another form?")
    return found


def main():
    tarball, out = sys.argv[1:]
    files = files_of(tarball)
    texts = dict(files)
    version = VERSION.search(texts["CMakeLists.txt"].decode()).group(1)
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    with open(tarball, "rb") as stream:
        whole = hashlib.sha256(stream.read()).hexdigest()
    sha1 = {name: hashlib.sha1(content).hexdigest() for name, content in files}
    packages = [{
        "name": "plait", "SPDXID": "SPDXRef-plait", "versionInfo": version, "packageFileName": os.path.basename(tarball),
        "downloadLocation": "NOASSERTION", "filesAnalyzed": True, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "MIT AND Apache-2.0 AND LicenseRef-matplotlib", "copyrightText": "2026 The Plait authors",
        "licenseInfoFromFiles": ["Apache-2.0", "LicenseRef-matplotlib", "MIT"],
        "checksums": [{"algorithm": "SHA256", "checksumValue": whole}],
        "packageVerificationCode": {"packageVerificationCodeValue":
                                    hashlib.sha1("".join(sorted(sha1.values())).encode()).hexdigest()},
    }]
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                  "relatedSpdxElement": "SPDXRef-plait"}]
    for name, licence in libraries_of(texts["drivers/versions.c"].decode()):
        identifier = "SPDXRef-library-" + re.sub(r"[^A-Za-z0-9.]+", "-", name)
        packages.append({
            "name": name, "SPDXID": identifier, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": licence, "copyrightText": "NOASSERTION",
            "comment": "The release has no version of its own of this library: it is linked to what the system has."})
        relations.append({"spdxElementId": "SPDXRef-plait", "relationshipType": "DEPENDS_ON",
                          "relatedSpdxElement": identifier})
    entries = []
    for number, (name, content) in enumerate(files):
        licence = licence_of(name, content)
        entries.append({
            "fileName": "./" + name, "SPDXID": f"SPDXRef-file-{number}", "licenseConcluded": licence,
            "licenseInfoInFiles": re.split(" (?:AND|OR) ", licence), "copyrightText": "NOASSERTION",
            "checksums": [{"algorithm": "SHA1", "checksumValue": sha1[name]},
                          {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}]})
        relations.append({"spdxElementId": "SPDXRef-plait", "relationshipType": "CONTAINS",
                          "relatedSpdxElement": f"SPDXRef-file-{number}"})
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"plait-{version}",
        "documentNamespace": f"urn:sha256:{whole}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Organization: The Plait authors", "Tool: packaging/sbom.py"]},
        "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-matplotlib", "name": "Licence of matplotlib",
                                        "extractedText": texts["LICENSES/LicenseRef-matplotlib.txt"].decode()}],
        "packages": packages, "files": entries, "relationships": relations}
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=1, sort_keys=True)
        stream.write("\n")


main()
