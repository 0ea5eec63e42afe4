using System.Globalization;
using Distillation.Keras;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>What is finished: printed as it comes, kept in the output folder, and as a table at the end.</summary>
internal sealed class Results(StudentTraining training)
{
    /// <summary>The name of the table's file.</summary>
    public const string TableFile = "results.txt";

    private readonly List<Contestant> _students = [];

    /// <summary>The teacher, once it is trained.</summary>
    public Contestant? Teacher { get; private set; }

    /// <summary>The median times of <c>Predict</c> on one image in milliseconds, once they are measured.</summary>
    public (double Teacher, double Student)? Milliseconds { get; private set; }

    /// <summary>Keeps a trained model.</summary>
    public void Add(Contestant contestant, OutputFolder? folder, TextWriter output)
    {
        if (Teacher is null)
        {
            Teacher = contestant;
        }
        else
        {
            _students.Add(contestant);
        }

        if (folder is not null)
        {
            // Of the students of a row the first is as good as any.
            bool whole = ReferenceEquals(contestant, Teacher) || _students.Count(s => s.Name == contestant.Name) == 1;
            ContestantFiles.Write(folder, contestant, whole);
        }

        string seed = ReferenceEquals(contestant, Teacher) ? "" : string.Create(CultureInfo.InvariantCulture, $"seed {contestant.Seed}  ");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {seed}{contestant.Name, -31}{contestant.Accuracy * 100, 7:F2}% of the test images right"
            )
        );
    }

    /// <summary>Measures how long teacher and student take for one image.</summary>
    public void Measure(Digits data, CancellationToken cancellationToken)
    {
        using NDArray first = data.TestX[":1"];
        using NDArray oneImage = first.copy();
        Milliseconds = (Teacher!.Measure(oneImage, cancellationToken), _students[0].Measure(oneImage, cancellationToken));
    }

    /// <summary>Prints the table of what is finished, if anything is, and writes it to the folder.</summary>
    public void Print(OutputFolder? folder, TextWriter output)
    {
        if (Teacher is null)
        {
            return;
        }

        string table = ResultsTable.Render(Teacher, _students, training, Milliseconds);
        try
        {
            folder?.Put(TableFile, table + Environment.NewLine);
        }
        finally
        {
            output.WriteLine();
            output.WriteLine(table);
        }

        if (folder is { IsTemporary: false })
        {
            output.WriteLine();
            output.WriteLine($"Models, weights, histories and the table are in {folder.PathOf(string.Empty)}");
        }
    }
}
