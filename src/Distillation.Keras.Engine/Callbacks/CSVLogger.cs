using System.Globalization;
using System.Text;
using Distillation.Keras.Backend;
using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>Writes every epoch's values into a CSV file: <c>epoch</c> and the values in alphabetical order, as Keras writes it.</summary>
/// <remarks>
/// Numbers are written as Python does, whatever the culture; <c>NA</c> stands for a value that an epoch lacks. Each row is written when its
/// epoch ends, and no file stays open between epochs. A file that exists gets its new content when the first epoch ends, at once and as a
/// whole, and keeps its permissions; a link is written through. Where a value first appears later (with <c>validation_freq</c>), the file
/// is written anew with one more column. A device such as <c>/dev/stdout</c> gets the rows one after the other (and the table again, where
/// a column is added). Not thread-safe. Source: <c>keras/src/callbacks/csv_logger.py</c>.
/// </remarks>
public sealed class CSVLogger : Callback
{
    private const string Epoch = "epoch";
    private const string NewLine = "\r\n";
    private const string Missing = "NA";

    private readonly List<KeyValuePair<int, Logs>> _rows = [];
    private string[]? _columns;
    private bool _continues;

    /// <inheritdoc cref="CSVLogger" path="/summary"/>
    /// <param name="filename">The file. Its folder must exist.</param>
    /// <param name="separator">The character between fields.</param>
    /// <param name="append">Whether rows are added to a file that exists, instead of replacing it.</param>
    /// <exception cref="ArgumentException">The separator is not one character, or is a quote or a line end.</exception>
    public CSVLogger(string filename, string separator = ",", bool append = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(filename);
        if (separator is not [not ('"' or '\r' or '\n')])
        {
            throw new ArgumentException(
                $"separator is one character, but no quote and no line end; found \"{separator}\".",
                nameof(separator)
            );
        }

        Filename = filename;
        Separator = separator;
        Append = append;
    }

    /// <summary>The file.</summary>
    public string Filename { get; }

    /// <summary>The character between fields.</summary>
    public string Separator { get; }

    /// <summary>Whether rows are added to a file that exists.</summary>
    public bool Append { get; }

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="InvalidDataException">Rows are to be added to a file whose first line is no header of such a file.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        _rows.Clear();
        _columns = null;
        string folder = Path.GetDirectoryName(Path.GetFullPath(Filename))!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"CSVLogger writes to '{Filename}', but the folder '{folder}' does not exist. Create it first."
            );
        }

        SafeFile.RefuseUnwritable(Filename);
        string? header = Append && File.Exists(Filename) && !SafeFile.IsStream(Filename) ? File.ReadLines(Filename).FirstOrDefault() : null;
        _continues = !string.IsNullOrEmpty(header);
        if (_continues)
        {
            string[] fields = Split(header!);
            _columns =
                fields[0] == Epoch
                    ? fields[1..]
                    : throw new InvalidDataException(
                        $"CSVLogger adds rows to '{Filename}', whose first line should begin with '{Epoch}{Separator}', but is: "
                            + $"{header}. Give another file or append: false."
                    );
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Rows are added to a file that has no column for one of the values.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);

        // A copy: callbacks after this one may add to the logs.
        _rows.Add(KeyValuePair.Create(epoch, new Logs(logs)));
        string[] added = [.. logs.Keys.Except(_columns ?? [])];
        if (_columns is not null && added.Length == 0)
        {
            AddRow();
        }
        else if (_continues)
        {
            throw new InvalidOperationException(
                $"CSVLogger adds rows to '{Filename}', which has no column for {string.Join(", ", added)}. Its columns: "
                    + $"{string.Join(", ", _columns!)}. Give another file or append: false."
            );
        }
        else
        {
            _columns = [.. (_columns ?? []).Concat(added).Order(StringComparer.Ordinal)];
            WriteAll();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => _rows.Clear();

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        KeyValuePair<int, Logs>[] rows = state.Rows("rows", _rows);
        bool hasColumns = state.Flag("has_columns", _columns is not null);
        IReadOnlyList<string> columns = state.Texts("columns", _columns ?? []);
        _continues = state.Flag("continues", _continues);
        if (!state.IsRestoring)
        {
            return;
        }

        _rows.Clear();
        _rows.AddRange(rows);
        _columns = hasColumns ? [.. columns] : null;
    }

    internal override void OnInterrupted() => _rows.Clear();

    private void AddRow() => SafeFile.Append(Filename, Row(_rows[^1]));

    private void WriteAll() => SafeFile.Write(Filename, Line(_columns!.Prepend(Epoch)) + string.Concat(_rows.Select(Row)));

    private string Row(KeyValuePair<int, Logs> row) =>
        Line(
            _columns!
                .Select(c => row.Value.TryGetValue(c, out double value) ? PythonNumber.Repr(value) : Missing)
                .Prepend(row.Key.ToString(CultureInfo.InvariantCulture))
        );

    private string Line(IEnumerable<string> fields) => string.Join(Separator, fields.Select(Quoted)) + NewLine;

    private string Quoted(string field) =>
        field.AsSpan().ContainsAny('"', '\r', '\n') || field.Contains(Separator, StringComparison.Ordinal)
            ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : field;

    private string[] Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                // A doubled quote closes and opens again: it is a quote itself.
                if (!quoted && field.Length > 0)
                {
                    field.Append(c);
                }

                quoted = !quoted;
            }
            else if (c == Separator[0] && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        return [.. fields, field.ToString()];
    }
}
