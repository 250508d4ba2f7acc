using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fidelity.Portal.Exporting;

/// <summary>How a CSV file is written (formats.md §3).</summary>
sealed record CsvForm(char Delimiter, char DecimalPoint, string LineEnd, bool HasMark)
{
    /// <summary>RFC 4180 as statistics programs read it, with the line ends of their platforms.</summary>
    public static CsvForm Analyst { get; } = new(',', '.', "\n", HasMark: false);

    /// <summary>As Excel opens it where the decimal mark is a comma.</summary>
    public static CsvForm Swedish { get; } = new(';', ',', "\r\n", HasMark: true);
}

/// <summary>Writes rows as CSV, a buffer at a time.</summary>
sealed class CsvRows(Stream file, CsvForm form)
{
    const int Enough = 1 << 16;
    const int LongestFigure = 32;

    readonly ArrayBufferWriter<byte> buffer = new(Enough + 4096);
    readonly SearchValues<char> quoted = SearchValues.Create(['"', '\r', '\n', form.Delimiter]);
    readonly byte[] lineEnd = Encoding.UTF8.GetBytes(form.LineEnd);

    public void Begin(IEnumerable<string> names)
    {
        if (form.HasMark)
            buffer.Write(Encoding.UTF8.Preamble);
        Write([.. names.Select(name => (Cell)name)]);
    }

    public void Write(ReadOnlySpan<Cell> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                Byte((byte)form.Delimiter);
            ref readonly var cell = ref cells[i];
            switch (cell.Kind)
            {
                case CellKind.Number:
                    Figure(cell.Figure);
                    break;
                case CellKind.Date:
                    cell.Day.TryFormat(buffer.GetSpan(LongestFigure), out var written, "yyyy-MM-dd", CultureInfo.InvariantCulture);
                    buffer.Advance(written);
                    break;
                case CellKind.Text:
                    Words(Cell.Harmless(cell.Words!));
                    break;
            }
        }

        buffer.Write(lineEnd);
    }

    public ValueTask FlushIfLarge(CancellationToken stopping) => buffer.WrittenCount < Enough ? ValueTask.CompletedTask : Flush(stopping);

    public async ValueTask Flush(CancellationToken stopping)
    {
        await file.WriteAsync(buffer.WrittenMemory, stopping);
        buffer.ResetWrittenCount();
    }

    void Figure(double figure)
    {
        var written = Figures.Write(figure, buffer.GetSpan(LongestFigure));
        if (form.DecimalPoint != '.' && buffer.GetSpan(written)[..written].IndexOf((byte)'.') is >= 0 and var point)
            buffer.GetSpan(written)[point] = (byte)form.DecimalPoint;
        buffer.Advance(written);
    }

    void Words(string text)
    {
        if (!text.AsSpan().ContainsAny(quoted))
        {
            Encoding.UTF8.GetBytes(text, buffer);
            return;
        }

        Byte((byte)'"');
        Encoding.UTF8.GetBytes(text.Replace("\"", "\"\"", StringComparison.Ordinal), buffer);
        Byte((byte)'"');
    }

    void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}

/// <summary>Numbers in files: all digits that tell them apart, and whole ones without an exponent.</summary>
static class Figures
{
    const double LargestWhole = 1e15;

    public static int Write(double figure, Span<byte> to)
    {
        int written;
        if (Math.Abs(figure) < LargestWhole && figure == Math.Truncate(figure))
            ((long)figure).TryFormat(to, out written, default, CultureInfo.InvariantCulture);
        else
            figure.TryFormat(to, out written, "R", CultureInfo.InvariantCulture);
        return written;
    }
}
