"""The bot of the benchmarks: says back what it is told."""

from tellme import Bot, Message

bot = Bot("Echo", description="Says it back")


@bot.reply
def reply(message: Message) -> str:
    return message.text


bot.run()
