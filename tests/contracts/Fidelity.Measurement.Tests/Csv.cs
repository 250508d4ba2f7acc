using System.Text;

namespace Fidelity.Measurement.Tests;

/// <summary>Reads the season's files: a header, commas, quotes doubled inside quotes.</summary>
static class Csv
{
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string path)
    {
        var lines = Lines(File.ReadAllText(path)).ToList();
        return [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    static IEnumerable<List<string>> Lines(string text)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                cell.Append(text[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                EndCell();
            else if (c == '\n' && !quoted)
            {
                EndCell();
                yield return cells;
                cells = [];
            }
            else if (c != '\r' || quoted)
                cell.Append(c);
        }

        void EndCell()
        {
            cells.Add(cell.ToString());
            cell.Clear();
        }
    }
}
