using System.Text;

namespace Distillation.Keras.Callbacks;

/// <summary>Where the progress line goes.</summary>
/// <param name="Writer">Takes the text; asked for at each writing, as <c>Console.Out</c> may be set.</param>
/// <param name="IsTerminal">Whether a line can be drawn over and coloured.</param>
/// <param name="Width">How many columns a line has; asked for at each drawing, as windows change.</param>
internal sealed record ProgressOutput(Func<TextWriter> Writer, bool IsTerminal, Func<int> Width)
{
    private const int UsualWidth = 80;

    /// <summary>The console.</summary>
    public static ProgressOutput OfConsole() =>
        new(() => Console.Out, !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb", ConsoleWidth);

    /// <summary>Whether the writer's encoding has the character.</summary>
    public bool CanWrite(string text)
    {
        Encoding encoding = Writer().Encoding;
        return encoding.GetString(encoding.GetBytes(text)) == text;
    }

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and int width ? width : UsualWidth;
        }
        catch (IOException)
        {
            // There is no window, or none that tells.
            return UsualWidth;
        }
    }
}
