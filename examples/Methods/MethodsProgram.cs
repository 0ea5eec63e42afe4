using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Distillation.Keras;
using Distillation.Keras.Measures;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Examples.Common;

namespace Methods;

/// <summary>Trains the same student by each method and each seed, and compares them.</summary>
public static class MethodsProgram
{
    private const int BatchSize = 64;
    private const int TimedSamples = 1_280;
    private const int Rounds = 3;
    private const double StudentRate = 0.01;

    // More than the file of all finished fits.
    private const long StoreBytes = 1 << 20;

    // All of MNIST's maps that the methods look at take 3.8 GB; with less the teacher computes them anew in each epoch, which takes twice
    // as long.
    private const long FeatureBytes = 4L << 30;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the results go.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancellationToken">Ends the program after the step under way.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(output);
        return ExampleProgram.Run(
            Options.Line,
            arguments,
            Options.Read,
            o => Run(o, output, cancellationToken),
            output,
            errors,
            "Cancelled. The next run with the same --out goes on from here."
        );
    }

    private static void Run(Options options, TextWriter output, CancellationToken cancellationToken)
    {
        if (options.IsList)
        {
            output.WriteLine(string.Join(Environment.NewLine, MethodList.All.Select(m => m.Name)));
            return;
        }

        var watch = Stopwatch.StartNew();
        using OutputFolder folder = options.Out is string path ? new OutputFolder(path, StoreBytes) : OutputFolder.Temporary(StoreBytes);
        using Digits data = Digits.Load(options.Data, options.Samples, options.TestSamples, cancellationToken);
        int epochs = options.EpochsFor(data.TrainCount);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Data));
        if (options.Docs is string document)
        {
            Document.RefuseUnwritable(document, TableName(options, name));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data: {data.Source}"));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"      {data.TrainCount:N0} images to train on, {data.TestLabels.Count:N0} to test on"
            )
        );

        string settings = string.Create(CultureInfo.InvariantCulture, $"{name}-{data.TrainCount}-{data.TestLabels.Count}-{epochs}");
        TrialStore.RefuseUnreadable(folder, settings);
        Sequential teacher = TrainTeacher(data, epochs, output, cancellationToken);
        var store = new TrialStore(folder, $"{settings}-{Fingerprint(teacher)}");
        Method[] methods = [.. MethodList.All.Where(m => options.Only.Count == 0 || options.Only.Contains(m.Name))];
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Student: {Student(1).CountParams():N0} parameters, {epochs} epochs, {methods.Length} methods, {options.Seeds} seeds"
            )
        );
        foreach (Method method in methods)
        {
            for (int seed = 1; seed <= options.Seeds; seed++)
            {
                bool kept = store.Find(method.Name, seed) is not null;
                if (!kept)
                {
                    store.Add(Train(method, teacher, data, epochs, seed, cancellationToken));
                }

                Trial trial = store.Find(method.Name, seed)!;
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {method.Name, -31}seed {seed}: {trial.Accuracy * 100, 6:F2}%  agrees "
                            + $"{trial.Agreement * 100, 6:F2}%{(kept ? "  (kept)" : "")}"
                    )
                );
            }
        }

        Trial[] trials = [.. store.Trials.Where(t => t.Seed <= options.Seeds)];
        output.WriteLine();
        output.WriteLine(ResultsTable.Text(methods, trials));
        if (options.Docs is string written)
        {
            Document.Replace(written, TableName(options, name), ResultsTable.Markdown(methods, trials));
            output.WriteLine($"The table '{TableName(options, name)}' is in {written}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The program took {watch.Elapsed.TotalMinutes:F1} min."));
    }

    private static string TableName(Options options, string name) => $"{name}{(options.IsFull ? "-full" : "")}";

    // What tells teachers apart: fits under another one are not to be mixed with these.
    private static string Fingerprint(Sequential teacher)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (NumSharp.NDArray weight in teacher.GetWeights())
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(weight.ToArray<float>()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    private static Sequential TrainTeacher(Digits data, int epochs, TextWriter output, CancellationToken cancellationToken)
    {
        Utils.SetRandomSeed(0);
        Sequential teacher = Networks.Teacher();
        int teacherEpochs = Math.Max(1, epochs / 2);
        teacher.Compile(Optimizer(0.003, data.TrainCount, teacherEpochs), "categorical_crossentropy", ["accuracy"]);
        teacher.Fit(
            data.TrainX,
            data.TrainY,
            batch_size: BatchSize,
            epochs: teacherEpochs,
            verbose: 0,
            cancellationToken: cancellationToken
        );
        double accuracy = teacher.Evaluate(data.TestX, data.TestY, batch_size: 256, verbose: 0, cancellationToken: cancellationToken)[
            "accuracy"
        ];
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Teacher: {teacher.CountParams():N0} parameters, {accuracy * 100:F2}% of the test images right"
            )
        );
        return teacher;
    }

    private static Trial Train(Method method, Sequential teacher, Digits data, int epochs, int seed, CancellationToken cancellationToken)
    {
        Distiller distiller = method
            .Make(method.IsTeacherFree ? new Distiller() : new Distiller(teacher))
            .WithFeatureCache(FeatureBytes)
            .WithOptimizer(Optimizer(StudentRate, data.TrainCount, epochs))
            .WithSeed(seed);
        DistillationResult result = distiller
            .WithStudent(Student(seed))
            .Fit(data.TrainX, data.TrainY, batch_size: BatchSize, epochs: epochs, verbose: 0, cancellationToken: cancellationToken);
        DistillationEvaluation own = DistillationEvaluation.Of(teacher, result.Student, data.TestX, data.TestY);
        (double step, double plain) = StepTimes(distiller, data, seed, cancellationToken);
        return new Trial(method.Name, seed, own.Student.Accuracy, own.TeacherAgreement, step, plain);
    }

    // In turn with plain training, as other processes come and go.
    private static (double Own, double Plain) StepTimes(Distiller distiller, Digits data, int seed, CancellationToken cancellationToken)
    {
        int samples = (int)Math.Min(TimedSamples, data.TrainCount);
        using NumSharp.NDArray x = data.TrainX[$":{samples}"].copy();
        using NumSharp.NDArray y = data.TrainY[$":{samples}"].copy();
        var own = new StepTimer();
        var plain = new StepTimer();
        for (int i = 0; i < Rounds; i++)
        {
            Sequential student = Student(seed);
            student.Compile(Optimizer(StudentRate, samples, Rounds), "categorical_crossentropy");
            student.Fit(x, y, batch_size: BatchSize, epochs: 1, verbose: 0, callbacks: [plain], cancellationToken: cancellationToken);
            distiller
                .WithStudent(Student(seed))
                .Fit(x, y, batch_size: BatchSize, epochs: 1, verbose: 0, callbacks: [own], cancellationToken: cancellationToken);
        }

        return (own.Median * 1_000, plain.Median * 1_000);
    }

    // Adam, whose rate falls to 0 along a cosine: so that each student is trained to the end.
    private static Adam Optimizer(double rate, long images, int epochs) =>
        new(new CosineDecay(rate, (int)((images + BatchSize - 1) / BatchSize) * epochs));

    // The same initial weights for each method.
    private static Sequential Student(int seed)
    {
        Utils.SetRandomSeed(seed);
        return Networks.Student();
    }
}
