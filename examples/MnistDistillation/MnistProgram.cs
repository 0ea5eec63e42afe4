using System.Diagnostics;
using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Optimizers;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>Trains a teacher, a student on the labels and the same student by distillation, and compares the three.</summary>
public static class MnistProgram
{
    private const int BatchSize = 128;
    private const int StudentBatchSize = 32;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the results go; the progress line goes to the console.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancellationToken">Ends the program after the step under way.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return CommandLine.Run(() => Options.Parse(arguments), o => o.ShowHelp ? Options.Help : null, o => Run(o, output, cancellationToken), output, errors, "Cancelled.");
    }

    private static void Run(Options options, TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        OutputFolder? folder = options.Out is string path ? new OutputFolder(path) : null;
        using Digits data = Digits.Load(options.Data, options.Samples, options.Samples / 4, cancellationToken);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data: {data.Source}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {data.TrainCount:N0} images to train on, {data.TestLabels.Count:N0} to test on"));

        // One seed fixes the initial weights, and then the order and the dropout of each fit.
        Utils.SetRandomSeed(options.Seed);
        Sequential teacher = Networks.Teacher();
        Sequential student = Networks.Student();
        Sequential sameStudent = Networks.Student();
        sameStudent.SetWeights(student.GetWeights());

        Contestant taught = TrainTeacher(teacher, data, options, output, cancellationToken);
        Contestant alone = TrainOnLabels(student, data, options, output, cancellationToken);
        Contestant distilled = Distil(teacher, sameStudent, data, options, output, cancellationToken);

        using NDArray oneImage = data.TestX[":1"].copy();
        Contestant[] all = [taught, alone, distilled];
        foreach (Contestant contestant in all)
        {
            contestant.Measure(oneImage, cancellationToken);
        }

        string table = ResultsTable.Render(taught, alone, distilled, data.TestLabels);
        output.WriteLine();
        output.WriteLine(table);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The program took {watch.Elapsed.TotalSeconds:F0} s."));
        if (folder is not null)
        {
            foreach (Contestant contestant in all)
            {
                folder.Write(contestant);
            }

            folder.Write(table);
            output.WriteLine($"Weights, histories and the table are in {options.Out}");
        }
    }

    private static Contestant TrainTeacher(Sequential teacher, Digits data, Options options, TextWriter output, CancellationToken cancellationToken)
    {
        int epochs = options.TeacherEpochsFor(data.TrainCount);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Teacher: the notebook's CNN, {teacher.CountParams():N0} parameters, {epochs} epochs"));
        teacher.Compile(new Adadelta(1.0), "categorical_crossentropy", ["accuracy"]);
        History history = teacher.Fit(data.TrainX, data.TrainY, batch_size: BatchSize, epochs: epochs, verbose: 1, cancellationToken: cancellationToken);
        return Contestant.Test("teacher", teacher, history, data);
    }

    private static Contestant TrainOnLabels(Sequential student, Digits data, Options options, TextWriter output, CancellationToken cancellationToken)
    {
        int epochs = options.StudentEpochsFor(data.TrainCount);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Student: 784-32-10, {student.CountParams():N0} parameters, {epochs} epochs, on the labels"));
        student.Compile(new Adam(0.001), "categorical_crossentropy", ["accuracy"]);
        History history = student.Fit(
            data.TrainX, data.TrainY, batch_size: StudentBatchSize, epochs: epochs, verbose: 0, callbacks: [new EpochLines(output, epochs)], cancellationToken: cancellationToken);
        return Contestant.Test("student on labels", student, history, data);
    }

    private static Contestant Distil(Sequential teacher, Sequential student, Digits data, Options options, TextWriter output, CancellationToken cancellationToken)
    {
        int epochs = options.StudentEpochsFor(data.TrainCount);
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The same student from the same initial weights, distilled (T = {options.Temperature}, labels {options.HardWeight})"));
        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(options.Temperature)
            .WithHardLossWeight(options.HardWeight)
            .WithSoftLossWeight(1 - options.HardWeight)
            .WithOptimizer(new Adam(0.001))
            .WithSeed(options.Seed)
            .Fit(data.TrainX, data.TrainY, batch_size: StudentBatchSize, epochs: epochs, verbose: 0, callbacks: [new EpochLines(output, epochs)], cancellationToken: cancellationToken);
        return Contestant.Test("distilled student", result.Student, result.History, data);
    }
}
