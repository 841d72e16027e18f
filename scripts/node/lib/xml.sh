# shellcheck shell=bash
# Reads XML, for which stock Ubuntu has no tool but awk.

# Each element of a document on standard input that has text in it and no element, on a line: its path, a space, and the text.
# Of a list's elements, which AWS calls item or member, the path has the number: /a/item[0]/b. 1 where it is not one whole
# document. Enough for what AWS answers, which has no CDATA.
xml() {
  awk '
    BEGIN { RS = "<" }
    NR == 1 { if ($0 ~ /[^ \t\r\n]/) exit broken = 1; next }
    {
      end = index($0, ">")
      if (!end) exit broken = 1
      tag = substr($0, 1, end - 1)
      text = substr($0, end + 1)
    }
    tag ~ /^[?!]/ { next }
    tag ~ /^\// {
      if (!depth || substr(tag, 2) != name[depth]) exit broken = 1
      if (!parent[depth]) print path[depth] " " own[depth]
      depth--
      next
    }
    {
      if (depth) parent[depth] = 1
      else if (roots++) exit broken = 1
      if (tag ~ /\/$/) next
      sub(/[ \t\r\n].*/, "", tag)
      here = path[depth] "/" tag
      if (tag == "item" || tag == "member") here = here "[" count[path[depth]]++ "]"
      name[++depth] = tag
      path[depth] = here
      parent[depth] = 0
      gsub(/[ \t\r\n]+/, " ", text)
      gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;|&#34;/, "\"", text)
      gsub(/&apos;|&#39;/, "\047", text); gsub(/&amp;/, "\\&", text)
      own[depth] = text
    }
    END { if (broken || depth || !roots) exit 1 }'
}
