"""Reads the catalogue of a running service with rdflib, which did not write it.

    catalogue.py http://127.0.0.1:8080

Fails with what is wrong; else prints, as JSON, what a harvester would see.
"""

import json
import sys
import urllib.request

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic, to_canonical_graph

DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

FORMS = {
    "rdf": ("application/rdf+xml", "xml"),
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
}

# DCAT-AP-SE 3.0.1: what each class must have.
MANDATORY = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.dataset],
    DCAT.Dataset: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
    DCAT.Distribution: [DCAT.accessURL, DCTERMS["format"]],
    DCAT.DataService: [DCTERMS.title, DCAT.endpointURL, DCTERMS["format"]],
    FOAF.Agent: [FOAF.name, DCTERMS.type],
    VCARD.Organization: [VCARD.fn, VCARD.hasEmail],
}
# What it may have only once.
ONCE = {
    DCAT.Catalog: [DCTERMS.publisher, DCTERMS.license, DCTERMS.issued, DCTERMS.modified, FOAF.homepage],
    DCAT.Dataset: [
        DCTERMS.publisher, DCTERMS.issued, DCTERMS.modified, DCTERMS.accessRights, DCTERMS.accrualPeriodicity,
    ],
    DCAT.Distribution: [
        DCAT.accessURL, DCAT.downloadURL, DCTERMS["format"], DCTERMS.license, DCATAP.availability,
    ],
    DCAT.DataService: [DCTERMS.license, DCTERMS.accessRights, DCTERMS["format"]],
    FOAF.Agent: [DCTERMS.type, DCTERMS.identifier],
    VCARD.Organization: [VCARD.fn, VCARD.hasEmail],
}
# Of which class it is that a property leads to.
LEADS_TO = {
    DCAT.dataset: DCAT.Dataset,
    DCAT.service: DCAT.DataService,
    DCAT.distribution: DCAT.Distribution,
    DCAT.accessService: DCAT.DataService,
    DCAT.servesDataset: DCAT.Dataset,
    DCAT.contactPoint: VCARD.Organization,
    DCTERMS.publisher: FOAF.Agent,
    DCTERMS.temporal: DCTERMS.PeriodOfTime,
}
# Free text, in Swedish and in English.
WORDS = [DCTERMS.title, DCTERMS.description, DCAT.keyword]


def fetch(address, accept="*/*"):
    # No proxy of the environment stands before a service on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, headers={"Accept": accept})
    with opener.open(request, timeout=30) as answer:
        return answer.headers.get_content_type(), answer.read()


def read(base, suffix):
    media_type, form = FORMS[suffix]
    by_suffix = fetch(f"{base}/datasets/dcat.{suffix}")
    by_accept = fetch(f"{base}/datasets/dcat", media_type)
    assert by_suffix == by_accept, f".{suffix} and Accept: {media_type} differ"
    assert by_suffix[0] == media_type, by_suffix[0]
    graph = Graph()
    # Without a public identifier a relative IRI would come from nowhere and show.
    graph.parse(data=by_suffix[1], format=form, publicID="relative:")
    return graph


def check(graph):
    for triple in graph:
        for term in triple:
            assert not isinstance(term, BNode), f"a blank node in {triple}"
            if isinstance(term, URIRef):
                iri = str(term)
                whole = iri.startswith(("http://", "https://", "mailto:"))
                assert whole and " " not in iri, f"no absolute IRI: {iri}"
    for kind, properties in MANDATORY.items():
        nodes = set(graph.subjects(RDF.type, kind))
        assert nodes, f"there is no {kind}"
        for node in nodes:
            for wanted in properties:
                assert graph.value(node, wanted, any=True) is not None, f"{node} has no {wanted}"
            for single in ONCE[kind]:
                assert len(list(graph.objects(node, single))) <= 1, f"{node} has several {single}"
    for leads, kind in LEADS_TO.items():
        for node in graph.objects(None, leads):
            assert (node, RDF.type, kind) in graph, f"{node} is no {kind}"
    check_values(graph)


def check_values(graph):
    for property in WORDS:
        for node in set(graph.subjects(property)):
            languages = {text.language for text in graph.objects(node, property)}
            assert languages == {"sv", "en"}, f"{property} of {node} in {languages}"
    for moment in [*graph.objects(None, DCTERMS.issued), *graph.objects(None, DCTERMS.modified)]:
        assert moment.datatype == XSD.dateTime and moment.value is not None, moment
    for address in graph.objects(None, VCARD.hasEmail):
        assert str(address).startswith("mailto:"), address
    for name in graph.objects(None, FOAF.name):
        assert isinstance(name, Literal) and name.language, f"the name {name} has no language"
    for catalogue in graph.subjects(RDF.type, DCAT.Catalog):
        licence = graph.value(catalogue, DCTERMS.license)
        assert str(licence) == "http://creativecommons.org/publicdomain/zero/1.0/", licence
        for dataset in graph.subjects(RDF.type, DCAT.Dataset):
            assert (catalogue, DCAT.dataset, dataset) in graph, f"{dataset} is in no catalogue"


def main(base):
    graphs = {suffix: read(base, suffix) for suffix in FORMS}
    graph = graphs["rdf"]
    for suffix, other in graphs.items():
        assert isomorphic(graph, other), f"dcat.rdf and dcat.{suffix} are not the same graph"
    assert to_canonical_graph(graph).isomorphic(to_canonical_graph(graphs["jsonld"]))
    check(graph)
    subjects = sorted(str(node) for node in set(graph.subjects()))
    modified = {
        str(node): str(graph.value(node, DCTERMS.modified))
        for node in graph.subjects(RDF.type, DCAT.Dataset)
    }
    print(json.dumps({"triples": len(graph), "subjects": subjects, "modified": modified}))


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except AssertionError as wrong:
        sys.exit(f"the catalogue: {wrong}")
