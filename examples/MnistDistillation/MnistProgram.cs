using System.Diagnostics;
using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Optimizers;
using Examples.Common;

namespace MnistDistillation;

/// <summary>
/// Trains one teacher, and one small student in four ways: on few labels, on these and the teacher, who needs no label, on all labels, and
/// on all of them and the teacher.
/// </summary>
public static class MnistProgram
{
    private const int TeacherBatchSize = 128;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the results go; the progress line goes to the console.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancellationToken">Ends the program after the step under way; what is finished is printed and kept.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(output);
        return ExampleProgram.Run(Options.Line, arguments, Options.Read, o => Run(o, output, cancellationToken), output, errors);
    }

    private static void Run(Options options, TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using Digits data = Digits.Load(options.Data, options.Samples, options.Samples / 4, cancellationToken);
        if (options.Load is string file)
        {
            Try(file, data, output);
            return;
        }

        // A file that does not fit is told before anything is trained.
        Model? loaded = options.Teacher is string teacherFile ? ModelFile.Load(teacherFile, output) : null;
        var training = new StudentTraining(options, data);
        using OutputFolder? folder = Folder(options, training);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data: {data.Source}"));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"      {data.TrainCount:N0} images to train on, {data.TestLabels.Count:N0} to test on"
            )
        );
        var results = new Results(training);
        try
        {
            results.Add(
                loaded is null ? TrainTeacher(data, options, output, cancellationToken) : LoadedTeacher(loaded, options, data, output),
                folder,
                output
            );
            output.WriteLine();
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Student: a small CNN, {Networks.Student().CountParams():N0} parameters, {options.Seeds} seeds, T = "
                        + $"{options.Temperature}, labels {options.HardWeight}"
                )
            );
            for (int seed = options.Seed; seed < options.Seed + options.Seeds; seed++)
            {
                foreach (StudentRow row in training.Rows)
                {
                    Contestant student = training.Train(row, results.Teacher!.Model, seed, data, cancellationToken);
                    results.Add(student, folder, output);
                }
            }

            results.Measure(data, cancellationToken);
        }
        finally
        {
            // Also after a signal: what is finished has been paid for.
            results.Print(folder, output);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The program took {watch.Elapsed.TotalSeconds:F0} s."));
    }

    private static OutputFolder? Folder(Options options, StudentTraining training)
    {
        long bytes = ContestantFiles.Bytes(
            Networks.Teacher(),
            Networks.Student(),
            options.Seeds * training.Rows.Count,
            training.Rows.Count
        );
        if (options.Out is not string path)
        {
            return options.IsSmoke ? OutputFolder.Temporary(bytes) : null;
        }

        IEnumerable<(string Weights, string History, string Model)> names = training
            .Rows.SelectMany(r => Enumerable.Range(options.Seed, options.Seeds).Select(seed => ContestantFiles.Names(r.Name, seed)))
            .Prepend(ContestantFiles.Names(TeacherName(options, training.Images), options.Seed));
        var folder = new OutputFolder(path, bytes);
        foreach (string name in names.SelectMany(n => new[] { n.Weights, n.History, n.Model }).Append(Results.TableFile))
        {
            folder.RefuseUnwritable(name);
        }

        return folder;
    }

    private static void Try(string file, Digits data, TextWriter output)
    {
        Model model = ModelFile.Load(file, output);
        var tried = Contestant.Test(Path.GetFileName(file), 0, model, null, data);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{tried.Name}: {model.CountParams():N0} parameters, {tried.Accuracy * 100:F2}% of the "
                    + $"{data.TestLabels.Count:N0} test images right"
            )
        );
    }

    private static string TeacherName(Options options, long labels) =>
        options.Teacher is null ? StudentTraining.TeacherName(labels) : "teacher, from a file";

    private static Contestant LoadedTeacher(Model teacher, Options options, Digits data, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Teacher: {options.Teacher}, {teacher.CountParams():N0} parameters"));
        return Contestant.Test(TeacherName(options, data.TrainCount), options.Seed, teacher, null, data);
    }

    private static Contestant TrainTeacher(Digits data, Options options, TextWriter output, CancellationToken cancellationToken)
    {
        // One seed fixes the initial weights, and then the order and the dropout.
        Utils.SetRandomSeed(options.Seed);
        Sequential teacher = Networks.Teacher();
        int epochs = options.TeacherEpochsFor(data.TrainCount);
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Teacher: the notebook's CNN, {teacher.CountParams():N0} parameters, {epochs} epoch{(epochs == 1 ? "" : "s")}, all labels"
            )
        );
        teacher.Compile(new Adadelta(1.0), "categorical_crossentropy", ["accuracy"]);
        History history = teacher.Fit(
            data.TrainX,
            data.TrainY,
            batch_size: TeacherBatchSize,
            epochs: epochs,
            verbose: 1,
            cancellationToken: cancellationToken
        );
        return Contestant.Test(StudentTraining.TeacherName(data.TrainCount), options.Seed, teacher, history, data);
    }
}
