// Texts of about a size as configuration and data files have them, the same in each run.

/** YAML of about `size` characters: records, lists, quotes, comments, block scalars. */
export function sampleYaml(size: number): string {
  const parts = ["# service inventory\nversion: 3\nservices:\n"];
  for (let i = 0, length = 0; length < size; i++) {
    const part = `  - name: service-${i}
    image: "registry.example.com/team/app:${i}.${i % 7}"
    replicas: ${i % 9}
    cpu: ${i % 4}.5
    enabled: ${i % 2 === 0}
    ports: [80, ${8000 + i % 1000}]
    labels: {tier: backend, zone: eu-${i % 3}}
    env: # of the process
      - key: LOG_LEVEL
        value: info
      - key: URL
        value: 'http://host-${i}.local/path?x=1'
    description: |
      First line of ${i}
      second line
    owner: null
    created: 2026-05-${String(i % 28 + 1).padStart(2, "0")}
`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

/** YAML that only the conforming reader may read: anchors, merge keys, tags. */
export function sampleAnchoredYaml(size: number): string {
  const parts = ["base: &base {tier: backend, zone: eu}\nservices:\n"];
  for (let i = 0, length = 0; length < size; i++) {
    const part = `  - <<: *base\n    name: !id service-${i}\n    replicas: ${i % 9}\n`;
    parts.push(part);
    // The limit on aliases stays as it is.
    length += i < 9000 ? part.length : Infinity;
  }
  return parts.join("");
}

/** TOML of about `size` characters: arrays of tables, sub-tables, inline tables, all kinds of values. */
export function sampleToml(size: number): string {
  const parts = ['title = "inventory" # of services\n'];
  for (let i = 0, length = 0; length < size; i++) {
    const part = `
[[service]]
name = "service-${i}"
image = "registry.example.com/team/app:${i}.${i % 7}"
replicas = ${i % 9}
cpu = ${i % 4}.5
enabled = ${i % 2 === 0}
ports = [80, ${8000 + i % 1000}]
labels = { tier = "backend", zone = "eu-${i % 3}" }
created = 2026-05-${String(i % 28 + 1).padStart(2, "0")}T07:32:00Z
description = """
First line of ${i}
second line
"""
[service.env]
LOG_LEVEL = "info"
URL = 'http://host-${i}.local/path?x=1'
`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}
